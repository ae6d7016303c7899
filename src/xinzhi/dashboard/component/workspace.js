const WORKER = "// A target's value and whether it is met: as analysis/verdict.py has it.\nfunction measured(target, base, final) {\n  if (target.measure === \"level\") return final * target.factor;\n  if (target.measure === \"mean_growth\") return 100 * ((final / base) ** (1 / target.span) - 1);\n  return 100 * (final / base - 1);\n}\n\nfunction meets(target, value) {\n  const judged = target.whole ? Math.floor(value + 0.5) : value;\n  return target.sense === \">=\" ? judged >= target.threshold : judged <= target.threshold;\n}\n\n// A worker: holds some of the members, runs them and the scenario, and counts what becomes of each target.\n// The kernels' arguments are those of engine/emit.py: SIGNATURE. The members' kernel may be of floats; the strict one, of\n// doubles, runs the scenario itself, and the members that the other refuses, two columns at a time.\n\"use strict\";\n\nconst big = BigInt;\nconst PAIR = 2;\nlet model, memory, at, kernels, width, Real;\n\nself.onmessage = async ({ data }) => {\n  try {\n    if (data.begin) await begin(data.begin);\n    else self.postMessage(answer(data));\n  } catch (error) {\n    self.postMessage({ error: String(error) });\n  }\n};\n\nasync function begin(received) {\n  model = received;\n  Real = model.single ? Float32Array : Float64Array;\n  const size = Real.BYTES_PER_ELEMENT;\n  const lanes = 16 / size;\n  width = Math.max(lanes, Math.ceil(model.met.length / lanes) * lanes);\n  const saved = model.variables * model.years;\n  reserve({\n    constants: size * model.rows * width, out: size * saved * width, status: size * width, quick: size * model.quick.uniform.length,\n    strict_constants: 8 * model.rows * PAIR, strict_out: 8 * saved * PAIR, strict_status: 8 * PAIR, strict: 8 * model.strict.uniform.length,\n    saves: 8 * model.saves.length,\n  });\n  reals(at.quick, model.quick.uniform.length).set(model.quick.uniform);\n  doubles(at.strict, model.strict.uniform.length).set(model.strict.uniform);\n  new BigInt64Array(memory.buffer, at.saves, model.saves.length).set(model.saves);\n  for (let row = 0; row < model.rows; row++) constants(row).fill(model.shared[row]);\n  for (const [row, values] of model.members) constants(row).set(values);\n  kernels = { quick: await kernel(model.quick.module), strict: await kernel(model.strict.module) };\n  self.postMessage({ ready: true });\n}\n\n// Memory for everything, each part on 64 bytes.\nfunction reserve(sizes) {\n  at = {};\n  let top = 1024;\n  for (const [name, size] of Object.entries(sizes)) {\n    at[name] = top;\n    top += Math.ceil(size / 64) * 64;\n  }\n  memory = new WebAssembly.Memory({ initial: Math.ceil(top / 65536) + 1 });\n}\n\nasync function kernel(module) {\n  const made = await WebAssembly.instantiate(module, { env: { __linear_memory: memory } });\n  return (made.instance || made).exports.kernel;\n}\n\nconst reals = (place, length) => new Real(memory.buffer, place, length);\nconst doubles = (place, length) => new Float64Array(memory.buffer, place, length);\nconst constants = (row) => reals(at.constants + Real.BYTES_PER_ELEMENT * row * width, width);\nconst values = (variable, year) => reals(at.out + Real.BYTES_PER_ELEMENT * (variable * model.years + year) * width, width);\n\nfunction answer({ levers, members, steps, years, own }) {\n  const count = Math.min(members, model.met.length);\n  for (let i = 0; i < levers.length; i += 2) constants(levers[i]).fill(levers[i + 1]);\n  const scenario = own ? ownRun(levers) : null;\n  const blocks = Math.ceil(count / (16 / Real.BYTES_PER_ELEMENT));\n  kernels.quick(at.constants, big(width), big(blocks), at.out, big(width), at.quick, at.saves, big(steps), big(model.years), at.status, 0n, 0n, 0);\n  const status = reals(at.status, width);\n  for (let member = 0; member < count; member++) if (Number.isNaN(status[member])) again(member, steps);\n  const sound = soundMembers(count, status);\n  return { counts: judged(sound), curves: sorted(sound, years), sound: sound.length, failed: count - sound.length, own: scenario };\n}\n\n// The strict kernel on the constants that `of` gives by row; what it saves is at [place][0].\nfunction strict(of, steps) {\n  const pair = doubles(at.strict_constants, model.rows * PAIR);\n  for (let row = 0; row < model.rows; row++) pair[PAIR * row] = pair[PAIR * row + 1] = of(row);\n  kernels.strict(at.strict_constants, big(PAIR), 1n, at.strict_out, big(PAIR), at.strict, at.saves, big(steps), big(model.years), at.strict_status, 0n, 0n, 0);\n  return doubles(at.strict_out, model.variables * model.years * PAIR);\n}\n\nfunction ownRun(levers) {\n  const set = new Map();\n  for (let i = 0; i < levers.length; i += 2) set.set(levers[i], levers[i + 1]);\n  const out = strict((row) => set.get(row) ?? model.shared[row], model.saves.length - 1);\n  const failed = Number.isNaN(doubles(at.strict_status, PAIR)[0]);\n  return Float64Array.from({ length: model.variables * model.years }, (_, place) => (failed ? NaN : out[PAIR * place]));\n}\n\n// A member that the quick kernel refuses.\nfunction again(member, steps) {\n  const out = strict((row) => constants(row)[member], steps);\n  for (let place = 0; place < model.variables * model.years; place++) reals(at.out, (place + 1) * width)[place * width + member] = out[PAIR * place];\n  reals(at.status, width)[member] = doubles(at.strict_status, PAIR)[0];\n}\n\nfunction soundMembers(count, status) {\n  const found = [];\n  for (let member = 0; member < count; member++) if (model.met[member] && !Number.isNaN(status[member])) found.push(member);\n  return found;\n}\n\n// How many meet each target, and (last) all of them.\nfunction judged(sound) {\n  const counts = new Float64Array(model.targets.length + 1);\n  const rows = model.targets.map((target) => [target, model.base[target.variable], values(target.variable, target.row)]);\n  for (const member of sound) {\n    let all = 1;\n    rows.forEach(([target, base, final], i) => {\n      const met = meets(target, measured(target, base[member], final[member]));\n      counts[i] += met;\n      all &= met;\n    });\n    counts[rows.length] += all;\n  }\n  return counts;\n}\n\n// Each variable in each of the first years, members in order of size: [variable][year][member].\nfunction sorted(sound, years) {\n  const out = new Real(model.variables * years * sound.length);\n  let place = 0;\n  for (let variable = 0; variable < model.variables; variable++) {\n    for (let year = 0; year < years; year++) {\n      const row = values(variable, year);\n      const part = out.subarray(place, (place += sound.length));\n      for (let i = 0; i < sound.length; i++) part[i] = row[sound[i]];\n      part.sort();\n    }\n  }\n  return out;\n}\n";
/*! https://github.com/leeoniya/uPlot (v1.6.32) */
var uPlot=function(){"use strict";const l="u-off",e="u-label",t="width",n="height",i="top",o="bottom",s="left",r="right",u="#000",a=u+"0",f="mousemove",c="mousedown",h="mouseup",d="mouseenter",p="mouseleave",m="dblclick",g="change",x="dppxchange",w="--",_="undefined"!=typeof window,b=_?document:null,v=_?window:null,k=_?navigator:null;let y,M;function S(l,e){if(null!=e){let t=l.classList;!t.contains(e)&&t.add(e)}}function T(l,e){let t=l.classList;t.contains(e)&&t.remove(e)}function E(l,e,t){l.style[e]=t+"px"}function z(l,e,t,n){let i=b.createElement(l);return null!=e&&S(i,e),null!=t&&t.insertBefore(i,n),i}function D(l,e){return z("div",l,e)}const P=new WeakMap;function A(e,t,n,i,o){let s="translate("+t+"px,"+n+"px)";s!=P.get(e)&&(e.style.transform=s,P.set(e,s),0>t||0>n||t>i||n>o?S(e,l):T(e,l))}const W=new WeakMap;function Y(l,e,t){let n=e+t;n!=W.get(l)&&(W.set(l,n),l.style.background=e,l.style.borderColor=t)}const C=new WeakMap;function H(l,e,t,n){let i=e+""+t;i!=C.get(l)&&(C.set(l,i),l.style.height=t+"px",l.style.width=e+"px",l.style.marginLeft=n?-e/2+"px":0,l.style.marginTop=n?-t/2+"px":0)}const F={passive:!0},R={...F,capture:!0};function G(l,e,t,n){e.addEventListener(l,t,n?R:F)}function I(l,e,t){e.removeEventListener(l,t,F)}function L(l,e,t,n){let i;t=t||0;let o=2147483647>=(n=n||e.length-1);for(;n-t>1;)i=o?t+n>>1:sl((t+n)/2),l>e[i]?t=i:n=i;return l-e[t]>e[n]-l?n:t}function O(l){return(e,t,n)=>{let i=-1,o=-1;for(let o=t;n>=o;o++)if(l(e[o])){i=o;break}for(let i=n;i>=t;i--)if(l(e[i])){o=i;break}return[i,o]}}_&&function l(){let e=devicePixelRatio;y!=e&&(y=e,M&&I(g,M,l),M=matchMedia(`(min-resolution: ${y-.001}dppx) and (max-resolution: ${y+.001}dppx)`),G(g,M,l),v.dispatchEvent(new CustomEvent(x)))}();const N=l=>null!=l,j=l=>null!=l&&l>0,U=O(N),V=O(j);function B(l,e,t,n){let i=hl(l),o=hl(e);l==e&&(-1==i?(l*=t,e/=t):(l/=t,e*=t));let s=10==t?dl:pl,r=1==o?ul:sl,u=(1==i?sl:ul)(s(ol(l))),a=r(s(ol(e))),f=cl(t,u),c=cl(t,a);return 10==t&&(0>u&&(f=Al(f,-u)),0>a&&(c=Al(c,-a))),n||2==t?(l=f*i,e=c*o):(l=Pl(l,f),e=Dl(e,c)),[l,e]}function $(l,e,t,n){let i=B(l,e,t,n);return 0==l&&(i[0]=0),0==e&&(i[1]=0),i}const J=.1,q={mode:3,pad:J},K={pad:0,soft:null,mode:0},X={min:K,max:K};function Z(l,e,t,n){return Ol(t)?ll(l,e,t):(K.pad=t,K.soft=n?0:null,K.mode=n?3:0,ll(l,e,X))}function Q(l,e){return null==l?e:l}function ll(l,e,t){let n=t.min,i=t.max,o=Q(n.pad,0),s=Q(i.pad,0),r=Q(n.hard,-gl),u=Q(i.hard,gl),a=Q(n.soft,gl),f=Q(i.soft,-gl),c=Q(n.mode,0),h=Q(i.mode,0),d=e-l,p=dl(d),m=fl(ol(l),ol(e)),g=dl(m),x=ol(g-p);(1e-24>d||x>10)&&(d=0,0!=l&&0!=e||(d=1e-24,2==c&&a!=gl&&(o=0),2==h&&f!=-gl&&(s=0)));let w=d||m||1e3,_=dl(w),b=cl(10,sl(_)),v=Al(Pl(l-w*(0==d?0==l?.1:1:o),b/10),24),k=a>l||1!=c&&(3!=c||v>a)&&(2!=c||a>v)?gl:a,y=fl(r,k>v&&l>=k?k:al(k,v)),M=Al(Dl(e+w*(0==d?0==e?.1:1:s),b/10),24),S=e>f||1!=h&&(3!=h||f>M)&&(2!=h||M>f)?-gl:f,T=al(u,M>S&&S>=e?S:fl(S,M));return y==T&&0==y&&(T=100),[y,T]}const el=new Intl.NumberFormat(_?k.language:"en-US"),tl=l=>el.format(l),nl=Math,il=nl.PI,ol=nl.abs,sl=nl.floor,rl=nl.round,ul=nl.ceil,al=nl.min,fl=nl.max,cl=nl.pow,hl=nl.sign,dl=nl.log10,pl=nl.log2,ml=(l,e=1)=>nl.asinh(l/e),gl=1/0;function xl(l){return 1+(0|dl((l^l>>31)-(l>>31)))}function wl(l,e,t){return al(fl(l,e),t)}function _l(l){return"function"==typeof l}function bl(l){return _l(l)?l:()=>l}const vl=l=>l,kl=(l,e)=>e,yl=()=>null,Ml=()=>!0,Sl=(l,e)=>l==e,Tl=/\.\d*?(?=9{6,}|0{6,})/gm,El=l=>{if(Il(l)||Wl.has(l))return l;const e=""+l,t=e.match(Tl);if(null==t)return l;let n=t[0].length-1;if(-1!=e.indexOf("e-")){let[l,t]=e.split("e");return+`${El(l)}e${t}`}return Al(l,n)};function zl(l,e){return El(Al(El(l/e))*e)}function Dl(l,e){return El(ul(El(l/e))*e)}function Pl(l,e){return El(sl(El(l/e))*e)}function Al(l,e=0){if(Il(l))return l;let t=10**e;return rl(l*t*(1+Number.EPSILON))/t}const Wl=new Map;function Yl(l){return((""+l).split(".")[1]||"").length}function Cl(l,e,t,n){let i=[],o=n.map(Yl);for(let s=e;t>s;s++){let e=ol(s),t=Al(cl(l,s),e);for(let r=0;n.length>r;r++){let u=10==l?+`${n[r]}e${s}`:n[r]*t,a=(0>s?e:0)+(o[r]>s?o[r]:0),f=10==l?u:Al(u,a);i.push(f),Wl.set(f,a)}}return i}const Hl={},Fl=[],Rl=[null,null],Gl=Array.isArray,Il=Number.isInteger;function Ll(l){return"string"==typeof l}function Ol(l){let e=!1;if(null!=l){let t=l.constructor;e=null==t||t==Object}return e}function Nl(l){return null!=l&&"object"==typeof l}const jl=Object.getPrototypeOf(Uint8Array),Ul="__proto__";function Vl(l,e=Ol){let t;if(Gl(l)){let n=l.find((l=>null!=l));if(Gl(n)||e(n)){t=Array(l.length);for(let n=0;l.length>n;n++)t[n]=Vl(l[n],e)}else t=l.slice()}else if(l instanceof jl)t=l.slice();else if(e(l)){t={};for(let n in l)n!=Ul&&(t[n]=Vl(l[n],e))}else t=l;return t}function Bl(l){let e=arguments;for(let t=1;e.length>t;t++){let n=e[t];for(let e in n)e!=Ul&&(Ol(l[e])?Bl(l[e],Vl(n[e])):l[e]=Vl(n[e]))}return l}function $l(l,e,t){for(let n,i=0,o=-1;e.length>i;i++){let s=e[i];if(s>o){for(n=s-1;n>=0&&null==l[n];)l[n--]=null;for(n=s+1;t>n&&null==l[n];)l[o=n++]=null}}}const Jl="undefined"==typeof queueMicrotask?l=>Promise.resolve().then(l):queueMicrotask,ql=["January","February","March","April","May","June","July","August","September","October","November","December"],Kl=["Sunday","Monday","Tuesday","Wednesday","Thursday","Friday","Saturday"];function Xl(l){return l.slice(0,3)}const Zl=Kl.map(Xl),Ql=ql.map(Xl),le={MMMM:ql,MMM:Ql,WWWW:Kl,WWW:Zl};function ee(l){return(10>l?"0":"")+l}const te={YYYY:l=>l.getFullYear(),YY:l=>(l.getFullYear()+"").slice(2),MMMM:(l,e)=>e.MMMM[l.getMonth()],MMM:(l,e)=>e.MMM[l.getMonth()],MM:l=>ee(l.getMonth()+1),M:l=>l.getMonth()+1,DD:l=>ee(l.getDate()),D:l=>l.getDate(),WWWW:(l,e)=>e.WWWW[l.getDay()],WWW:(l,e)=>e.WWW[l.getDay()],HH:l=>ee(l.getHours()),H:l=>l.getHours(),h:l=>{let e=l.getHours();return 0==e?12:e>12?e-12:e},AA:l=>12>l.getHours()?"AM":"PM",aa:l=>12>l.getHours()?"am":"pm",a:l=>12>l.getHours()?"a":"p",mm:l=>ee(l.getMinutes()),m:l=>l.getMinutes(),ss:l=>ee(l.getSeconds()),s:l=>l.getSeconds(),fff:l=>function(l){return(10>l?"00":100>l?"0":"")+l}(l.getMilliseconds())};function ne(l,e){e=e||le;let t,n=[],i=/\{([a-z]+)\}|[^{]+/gi;for(;t=i.exec(l);)n.push("{"==t[0][0]?te[t[1]]:t[0]);return l=>{let t="";for(let i=0;n.length>i;i++)t+="string"==typeof n[i]?n[i]:n[i](l,e);return t}}const ie=(new Intl.DateTimeFormat).resolvedOptions().timeZone,oe=l=>l%1==0,se=[1,2,2.5,5],re=Cl(10,-32,0,se),ue=Cl(10,0,32,se),ae=ue.filter(oe),fe=re.concat(ue),ce="{YYYY}",he="\n"+ce,de="{M}/{D}",pe="\n"+de,me=pe+"/{YY}",ge="{aa}",xe="{h}:{mm}"+ge,we="\n"+xe,_e=":{ss}",be=null;function ve(l){let e=1e3*l,t=60*e,n=60*t,i=24*n,o=30*i,s=365*i;return[(1==l?Cl(10,0,3,se).filter(oe):Cl(10,-3,0,se)).concat([e,5*e,10*e,15*e,30*e,t,5*t,10*t,15*t,30*t,n,2*n,3*n,4*n,6*n,8*n,12*n,i,2*i,3*i,4*i,5*i,6*i,7*i,8*i,9*i,10*i,15*i,o,2*o,3*o,4*o,6*o,s,2*s,5*s,10*s,25*s,50*s,100*s]),[[s,ce,be,be,be,be,be,be,1],[28*i,"{MMM}",he,be,be,be,be,be,1],[i,de,he,be,be,be,be,be,1],[n,"{h}"+ge,me,be,pe,be,be,be,1],[t,xe,me,be,pe,be,be,be,1],[e,_e,me+" "+xe,be,pe+" "+xe,be,we,be,1],[l,_e+".{fff}",me+" "+xe,be,pe+" "+xe,be,we,be,1]],function(e){return(r,u,a,f,c,h)=>{let d=[],p=c>=s,m=c>=o&&s>c,g=e(a),x=Al(g*l,3),w=Pe(g.getFullYear(),p?0:g.getMonth(),m||p?1:g.getDate()),_=Al(w*l,3);if(m||p){let t=m?c/o:0,n=p?c/s:0,i=x==_?x:Al(Pe(w.getFullYear()+n,w.getMonth()+t,1)*l,3),r=new Date(rl(i/l)),u=r.getFullYear(),a=r.getMonth();for(let o=0;f>=i;o++){let s=Pe(u+n*o,a+t*o,1),r=s-e(Al(s*l,3));i=Al((+s+r)*l,3),i>f||d.push(i)}}else{let o=i>c?c:i,s=_+(sl(a)-sl(x))+Dl(x-_,o);d.push(s);let p=e(s),m=p.getHours()+p.getMinutes()/t+p.getSeconds()/n,g=c/n,w=h/r.axes[u]._space;for(;s=Al(s+c,1==l?0:3),f>=s;)if(g>1){let l=sl(Al(m+g,6))%24,t=e(s).getHours()-l;t>1&&(t=-1),s-=t*n,m=(m+g)%24,.7>Al((s-d[d.length-1])/c,3)*w||d.push(s)}else d.push(s)}return d}}]}const[ke,ye,Me]=ve(1),[Se,Te,Ee]=ve(.001);function ze(l,e){return l.map((l=>l.map(((t,n)=>0==n||8==n||null==t?t:e(1==n||0==l[8]?t:l[1]+t)))))}function De(l,e){return(t,n,i,o,s)=>{let r,u,a,f,c,h,d=e.find((l=>s>=l[0]))||e[e.length-1];return n.map((e=>{let t=l(e),n=t.getFullYear(),i=t.getMonth(),o=t.getDate(),s=t.getHours(),p=t.getMinutes(),m=t.getSeconds(),g=n!=r&&d[2]||i!=u&&d[3]||o!=a&&d[4]||s!=f&&d[5]||p!=c&&d[6]||m!=h&&d[7]||d[1];return r=n,u=i,a=o,f=s,c=p,h=m,g(t)}))}}function Pe(l,e,t){return new Date(l,e,t)}function Ae(l,e){return e(l)}function We(l,e){return(t,n,i,o)=>null==o?w:e(l(n))}Cl(2,-53,53,[1]);const Ye={show:!0,live:!0,isolate:!1,mount:()=>{},markers:{show:!0,width:2,stroke:function(l,e){let t=l.series[e];return t.width?t.stroke(l,e):t.points.width?t.points.stroke(l,e):null},fill:function(l,e){return l.series[e].fill(l,e)},dash:"solid"},idx:null,idxs:null,values:[]},Ce=[0,0];function He(l,e,t,n=!0){return l=>{0==l.button&&(!n||l.target==e)&&t(l)}}function Fe(l,e,t,n=!0){return l=>{(!n||l.target==e)&&t(l)}}const Re={show:!0,x:!0,y:!0,lock:!1,move:function(l,e,t){return Ce[0]=e,Ce[1]=t,Ce},points:{one:!1,show:function(l,e){let i=l.cursor.points,o=D(),s=i.size(l,e);E(o,t,s),E(o,n,s);let r=s/-2;E(o,"marginLeft",r),E(o,"marginTop",r);let u=i.width(l,e,s);return u&&E(o,"borderWidth",u),o},size:function(l,e){return l.series[e].points.size},width:0,stroke:function(l,e){let t=l.series[e].points;return t._stroke||t._fill},fill:function(l,e){let t=l.series[e].points;return t._fill||t._stroke}},bind:{mousedown:He,mouseup:He,click:He,dblclick:He,mousemove:Fe,mouseleave:Fe,mouseenter:Fe},drag:{setScale:!0,x:!0,y:!1,dist:0,uni:null,click:(l,e)=>{e.stopPropagation(),e.stopImmediatePropagation()},_x:!1,_y:!1},focus:{dist:(l,e,t,n,i)=>n-i,prox:-1,bias:0},hover:{skip:[void 0],prox:null,bias:0},left:-10,top:-10,idx:null,dataIdx:null,idxs:null,event:null},Ge={show:!0,stroke:"rgba(0,0,0,0.07)",width:2},Ie=Bl({},Ge,{filter:kl}),Le=Bl({},Ie,{size:10}),Oe=Bl({},Ge,{show:!1}),Ne='12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Noto Color Emoji"',je="bold "+Ne,Ue={show:!0,scale:"x",stroke:u,space:50,gap:5,alignTo:1,size:50,labelGap:0,labelSize:30,labelFont:je,side:2,grid:Ie,ticks:Le,border:Oe,font:Ne,lineGap:1.5,rotate:0},Ve={show:!0,scale:"x",auto:!1,sorted:1,min:gl,max:-gl,idxs:[]};function Be(l,e){return e.map((l=>null==l?"":tl(l)))}function $e(l,e,t,n,i,o,s){let r=[],u=Wl.get(i)||0;for(let l=t=s?t:Al(Dl(t,i),u);n>=l;l=Al(l+i,u))r.push(Object.is(l,-0)?0:l);return r}function Je(l,e,t,n,i){const o=[],s=l.scales[l.axes[e].scale].log,r=sl((10==s?dl:pl)(t));i=cl(s,r),10==s&&(i=fe[L(i,fe)]);let u=t,a=i*s;10==s&&(a=fe[L(a,fe)]);do{o.push(u),u+=i,10!=s||Wl.has(u)||(u=Al(u,Wl.get(i))),a>u||(a=(i=u)*s,10==s&&(a=fe[L(a,fe)]))}while(n>=u);return o}function qe(l,e,t,n,i){let o=l.scales[l.axes[e].scale].asinh,s=n>o?Je(l,e,fl(o,t),n,i):[o],r=0>n||t>0?[]:[0];return(-o>t?Je(l,e,fl(o,-n),-t,i):[o]).reverse().map((l=>-l)).concat(r,s)}const Ke=/./,Xe=/[12357]/,Ze=/[125]/,Qe=/1/,lt=(l,e,t,n)=>l.map(((l,i)=>4==e&&0==l||i%n==0&&t.test(l.toExponential()[0>l?1:0])?l:null));function et(l,e,t){let n=l.axes[t],i=n.scale,o=l.scales[i],s=l.valToPos,r=n._space,u=s(10,i),a=s(9,i)-u<r?s(7,i)-u<r?s(5,i)-u<r?Qe:Ze:Xe:Ke;if(a==Qe){let l=ol(s(1,i)-u);if(r>l)return lt(e.slice().reverse(),o.distr,a,ul(r/l)).reverse()}return lt(e,o.distr,a,1)}function tt(l,e,t){let n=l.axes[t],i=n.scale,o=n._space,s=l.valToPos,r=ol(s(1,i)-s(2,i));return o>r?lt(e.slice().reverse(),3,Ke,ul(o/r)).reverse():e}function nt(l,e,t,n){return null==n?w:null==e?"":tl(e)}const it={show:!0,scale:"y",stroke:u,space:30,gap:5,alignTo:1,size:50,labelGap:0,labelSize:30,labelFont:je,side:3,grid:Ie,ticks:Le,border:Oe,font:Ne,lineGap:1.5,rotate:0},ot={scale:null,auto:!0,sorted:0,min:gl,max:-gl},st=(l,e,t,n,i)=>i,rt={show:!0,auto:!0,sorted:0,gaps:st,alpha:1,facets:[Bl({},ot,{scale:"x"}),Bl({},ot,{scale:"y"})]},ut={scale:"y",auto:!0,sorted:0,show:!0,spanGaps:!1,gaps:st,alpha:1,points:{show:function(l,e){let{scale:t,idxs:n}=l.series[0],i=l._data[0],o=l.valToPos(i[n[0]],t,!0),s=l.valToPos(i[n[1]],t,!0);return ol(s-o)/(l.series[e].points.space*y)>=n[1]-n[0]},filter:null},values:null,min:gl,max:-gl,idxs:[],path:null,clip:null};function at(l,e,t){return t/10}const ft={time:!0,auto:!0,distr:1,log:10,asinh:1,min:null,max:null,dir:1,ori:0},ct=Bl({},ft,{time:!1,ori:1}),ht={};function dt(l){let e=ht[l];return e||(e={key:l,plots:[],sub(l){e.plots.push(l)},unsub(l){e.plots=e.plots.filter((e=>e!=l))},pub(l,t,n,i,o,s,r){for(let u=0;e.plots.length>u;u++)e.plots[u]!=t&&e.plots[u].pub(l,t,n,i,o,s,r)}},null!=l&&(ht[l]=e)),e}function pt(l,e,t){const n=l.mode,i=l.series[e],o=2==n?l._data[e]:l._data,s=l.scales,r=l.bbox;let u=o[0],a=2==n?o[1]:o[e],f=2==n?s[i.facets[0].scale]:s[l.series[0].scale],c=2==n?s[i.facets[1].scale]:s[i.scale],h=r.left,d=r.top,p=r.width,m=r.height,g=l.valToPosH,x=l.valToPosV;return 0==f.ori?t(i,u,a,f,c,g,x,h,d,p,m,kt,Mt,Tt,zt,Pt):t(i,u,a,f,c,x,g,d,h,m,p,yt,St,Et,Dt,At)}function mt(l,e){let t=0,n=0,i=Q(l.bands,Fl);for(let l=0;i.length>l;l++){let o=i[l];o.series[0]==e?t=o.dir:o.series[1]==e&&(n|=1==o.dir?1:2)}return[t,1==n?-1:2==n?1:3==n?2:0]}function gt(l,e,t,n,i){let o=l.series[e],s=l.scales[2==l.mode?o.facets[1].scale:o.scale];return-1==i?s.min:1==i?s.max:3==s.distr?1==s.dir?s.min:s.max:0}function xt(l,e,t,n,i,o){return pt(l,e,((l,e,s,r,u,a,f,c,h,d,p)=>{let m=l.pxRound;const g=0==r.ori?Mt:St;let x,w;1==r.dir*(0==r.ori?1:-1)?(x=t,w=n):(x=n,w=t);let _=m(a(e[x],r,d,c)),b=m(f(s[x],u,p,h)),v=m(a(e[w],r,d,c)),k=m(f(1==o?u.max:u.min,u,p,h)),y=new Path2D(i);return g(y,v,k),g(y,_,k),g(y,_,b),y}))}function wt(l,e,t,n,i,o){let s=null;if(l.length>0){s=new Path2D;const r=0==e?Tt:Et;let u=t;for(let e=0;l.length>e;e++){let t=l[e];if(t[1]>t[0]){let l=t[0]-u;l>0&&r(s,u,n,l,n+o),u=t[1]}}let a=t+i-u,f=10;a>0&&r(s,u,n-f/2,a,n+o+f)}return s}function _t(l,e,t,n,i,o,s){let r=[],u=l.length;for(let a=1==i?t:n;a>=t&&n>=a;a+=i)if(null===e[a]){let f=a,c=a;if(1==i)for(;++a<=n&&null===e[a];)c=a;else for(;--a>=t&&null===e[a];)c=a;let h=o(l[f]),d=c==f?h:o(l[c]),p=f-i;h=s>0||0>p||p>=u?h:o(l[p]);let m=c+i;d=0>s||0>m||m>=u?d:o(l[m]),h>d||r.push([h,d])}return r}function bt(l){return 0==l?vl:1==l?rl:e=>zl(e,l)}function vt(l){let e=0==l?kt:yt,t=0==l?(l,e,t,n,i,o)=>{l.arcTo(e,t,n,i,o)}:(l,e,t,n,i,o)=>{l.arcTo(t,e,i,n,o)},n=0==l?(l,e,t,n,i)=>{l.rect(e,t,n,i)}:(l,e,t,n,i)=>{l.rect(t,e,i,n)};return(l,i,o,s,r,u=0,a=0)=>{0==u&&0==a?n(l,i,o,s,r):(u=al(u,s/2,r/2),a=al(a,s/2,r/2),e(l,i+u,o),t(l,i+s,o,i+s,o+r,u),t(l,i+s,o+r,i,o+r,a),t(l,i,o+r,i,o,a),t(l,i,o,i+s,o,u),l.closePath())}}const kt=(l,e,t)=>{l.moveTo(e,t)},yt=(l,e,t)=>{l.moveTo(t,e)},Mt=(l,e,t)=>{l.lineTo(e,t)},St=(l,e,t)=>{l.lineTo(t,e)},Tt=vt(0),Et=vt(1),zt=(l,e,t,n,i,o)=>{l.arc(e,t,n,i,o)},Dt=(l,e,t,n,i,o)=>{l.arc(t,e,n,i,o)},Pt=(l,e,t,n,i,o,s)=>{l.bezierCurveTo(e,t,n,i,o,s)},At=(l,e,t,n,i,o,s)=>{l.bezierCurveTo(t,e,i,n,s,o)};function Wt(){return(l,e,t,n,i)=>pt(l,e,((e,o,s,r,u,a,f,c,h,d,p)=>{let m,g,{pxRound:x,points:w}=e;0==r.ori?(m=kt,g=zt):(m=yt,g=Dt);const _=Al(w.width*y,3);let b=(w.size-w.width)/2*y,v=Al(2*b,3),k=new Path2D,M=new Path2D,{left:S,top:T,width:E,height:z}=l.bbox;Tt(M,S-v,T-v,E+2*v,z+2*v);const D=l=>{if(null!=s[l]){let e=x(a(o[l],r,d,c)),t=x(f(s[l],u,p,h));m(k,e+b,t),g(k,e,t,b,0,2*il)}};if(i)i.forEach(D);else for(let l=t;n>=l;l++)D(l);return{stroke:_>0?k:null,fill:k,clip:M,flags:3}}))}function Yt(l){return(e,t,n,i,o,s)=>{n!=i&&(o!=n&&s!=n&&l(e,t,n),o!=i&&s!=i&&l(e,t,i),l(e,t,s))}}const Ct=Yt(Mt),Ht=Yt(St);function Ft(l){const e=Q(l?.alignGaps,0);return(l,t,n,i)=>pt(l,t,((o,s,r,u,a,f,c,h,d,p,m)=>{[n,i]=U(r,n,i);let g,x,w=o.pxRound,_=l=>w(f(l,u,p,h)),b=l=>w(c(l,a,m,d));0==u.ori?(g=Mt,x=Ct):(g=St,x=Ht);const v=u.dir*(0==u.ori?1:-1),k={stroke:new Path2D,fill:null,clip:null,band:null,gaps:null,flags:1},y=k.stroke;let M=!1;if(i-n<4*p)for(let l=1==v?n:i;l>=n&&i>=l;l+=v){let e=r[l];null===e?M=!0:null!=e&&g(y,_(s[l]),b(e))}else{let e,t,o,a=e=>l.posToVal(e,u.key,!0),f=null,c=null,h=_(s[1==v?n:i]),d=_(s[n]),p=_(s[i]),m=a(1==v?d+1:p-1);for(let l=1==v?n:i;l>=n&&i>=l;l+=v){let n=s[l],i=(1==v?m>n:n>m)?h:_(n),o=r[l];i==h?null!=o?(t=o,null==f?(g(y,i,b(t)),e=f=c=t):f>t?f=t:t>c&&(c=t)):null===o&&(M=!0):(null!=f&&x(y,h,b(f),b(c),b(e),b(t)),null!=o?(t=o,g(y,i,b(t)),f=c=e=t):(f=c=null,null===o&&(M=!0)),h=i,m=a(h+v))}null!=f&&f!=c&&o!=h&&x(y,h,b(f),b(c),b(e),b(t))}let[S,T]=mt(l,t);if(null!=o.fill||0!=S){let e=k.fill=new Path2D(y),r=b(o.fillTo(l,t,o.min,o.max,S)),u=_(s[n]),a=_(s[i]);-1==v&&([a,u]=[u,a]),g(e,a,r),g(e,u,r)}if(!o.spanGaps){let a=[];M&&a.push(..._t(s,r,n,i,v,_,e)),k.gaps=a=o.gaps(l,t,n,i,a),k.clip=wt(a,u.ori,h,d,p,m)}return 0!=T&&(k.band=2==T?[xt(l,t,n,i,y,-1),xt(l,t,n,i,y,1)]:xt(l,t,n,i,y,T)),k}))}function Rt(l,e,t,n,i,o,s=gl){if(l.length>1){let r=null;for(let u=0,a=1/0;l.length>u;u++)if(void 0!==e[u]){if(null!=r){let e=ol(l[u]-l[r]);a>e&&(a=e,s=ol(t(l[u],n,i,o)-t(l[r],n,i,o)))}r=u}}return s}function Gt(l,e,t,n,i){const o=l.length;if(2>o)return null;const s=new Path2D;if(t(s,l[0],e[0]),2==o)n(s,l[1],e[1]);else{let t=Array(o),n=Array(o-1),r=Array(o-1),u=Array(o-1);for(let t=0;o-1>t;t++)r[t]=e[t+1]-e[t],u[t]=l[t+1]-l[t],n[t]=r[t]/u[t];t[0]=n[0];for(let l=1;o-1>l;l++)0===n[l]||0===n[l-1]||n[l-1]>0!=n[l]>0?t[l]=0:(t[l]=3*(u[l-1]+u[l])/((2*u[l]+u[l-1])/n[l-1]+(u[l]+2*u[l-1])/n[l]),isFinite(t[l])||(t[l]=0));t[o-1]=n[o-2];for(let n=0;o-1>n;n++)i(s,l[n]+u[n]/3,e[n]+t[n]*u[n]/3,l[n+1]-u[n]/3,e[n+1]-t[n+1]*u[n]/3,l[n+1],e[n+1])}return s}const It=new Set;function Lt(){for(let l of It)l.syncRect(!0)}_&&(G("resize",v,Lt),G("scroll",v,Lt,!0),G(x,v,(()=>{en.pxRatio=y})));const Ot=Ft(),Nt=Wt();function jt(l,e,t,n){return(n?[l[0],l[1]].concat(l.slice(2)):[l[0]].concat(l.slice(1))).map(((l,n)=>Ut(l,n,e,t)))}function Ut(l,e,t,n){return Bl({},0==e?t:n,l)}function Vt(l,e,t){return null==e?Rl:[e,t]}const Bt=Vt;function $t(l,e,t){return null==e?Rl:Z(e,t,J,!0)}function Jt(l,e,t,n){return null==e?Rl:B(e,t,l.scales[n].log,!1)}const qt=Jt;function Kt(l,e,t,n){return null==e?Rl:$(e,t,l.scales[n].log,!1)}const Xt=Kt;function Zt(l,e,t,n,i){let o=fl(xl(l),xl(e)),s=e-l,r=L(i/n*s,t);do{let l=t[r],e=n*l/s;if(e>=i&&17>=o+(5>l?Wl.get(l):0))return[l,e]}while(++r<t.length);return[0,0]}function Qt(l){let e,t;return[l=l.replace(/(\d+)px/,((l,n)=>(e=rl((t=+n)*y))+"px")),e,t]}function ln(l){l.show&&[l.font,l.labelFont].forEach((l=>{let e=Al(l[2]*y,1);l[0]=l[0].replace(/[0-9.]+px/,e+"px"),l[1]=e}))}function en(u,g,_){const k={mode:Q(u.mode,1)},M=k.mode;function P(l,e,t,n){let i=e.valToPct(l);return n+t*(-1==e.dir?1-i:i)}function W(l,e,t,n){let i=e.valToPct(l);return n+t*(-1==e.dir?i:1-i)}function C(l,e,t,n){return 0==e.ori?P(l,e,t,n):W(l,e,t,n)}k.valToPosH=P,k.valToPosV=W;let F=!1;k.status=0;const R=k.root=D("uplot");null!=u.id&&(R.id=u.id),S(R,u.class),u.title&&(D("u-title",R).textContent=u.title);const O=z("canvas"),K=k.ctx=O.getContext("2d"),X=D("u-wrap",R);G("click",X,(l=>{l.target===el&&(Nn!=Gn||jn!=In)&&Zn.click(k,l)}),!0);const ll=k.under=D("u-under",X);X.appendChild(O);const el=k.over=D("u-over",X),tl=+Q((u=Vl(u)).pxAlign,1),sl=bt(tl);(u.plugins||[]).forEach((l=>{l.opts&&(u=l.opts(k,u)||u)}));const hl=u.ms||.001,pl=k.series=1==M?jt(u.series||[],Ve,ut,!1):function(l,e){return l.map(((l,t)=>0==t?{}:Bl({},e,l)))}(u.series||[null],rt),xl=k.axes=jt(u.axes||[],Ue,it,!0),vl=k.scales={},Tl=k.bands=u.bands||[];Tl.forEach((l=>{l.fill=bl(l.fill||null),l.dir=Q(l.dir,-1)}));const El=2==M?pl[1].facets[0].scale:pl[0].scale,Dl={axes:function(){for(let l=0;xl.length>l;l++){let e=xl[l];if(!e.show||!e._show)continue;let t,n,u=e.side,a=u%2,f=e.stroke(k,l),c=0==u||3==u?-1:1,[h,d]=e._found;if(null!=e.label){let s=rl((e._lpos+e.labelGap*c)*y);_n(e.labelFont[0],f,"center",2==u?i:o),K.save(),1==a?(t=n=0,K.translate(s,rl(lt+st/2)),K.rotate((3==u?-il:il)/2)):(t=rl(Qe+ot/2),n=s);let r=_l(e.label)?e.label(k,l,h,d):e.label;K.fillText(r,t,n),K.restore()}if(0==d)continue;let p=vl[e.scale],m=0==a?ot:st,g=0==a?Qe:lt,x=e._splits,w=2==p.distr?x.map((l=>pn[l])):x,_=2==p.distr?pn[x[1]]-pn[x[0]]:h,b=e.ticks,v=e.border,M=b.show?b.size:0,S=rl(M*y),T=rl((2==e.alignTo?e._size-M-e.gap:e.gap)*y),E=e._rotate*-il/180,z=sl(e._pos*y),D=z+(S+T)*c;n=0==a?D:0,t=1==a?D:0,_n(e.font[0],f,1==e.align?s:2==e.align?r:E>0?s:0>E?r:0==a?"center":3==u?r:s,E||1==a?"middle":2==u?i:o);let P=e.font[1]*e.lineGap,A=x.map((l=>sl(C(l,p,m,g)))),W=e._values;for(let l=0;W.length>l;l++){let e=W[l];if(null!=e){0==a?t=A[l]:n=A[l],e=""+e;let i=-1==e.indexOf("\n")?[e]:e.split(/\n/gm);for(let l=0;i.length>l;l++){let e=i[l];E?(K.save(),K.translate(t,n+l*P),K.rotate(E),K.fillText(e,0,0),K.restore()):K.fillText(e,t,n+l*P)}}}b.show&&zn(A,b.filter(k,w,l,d,_),a,u,z,S,Al(b.width*y,3),b.stroke(k,l),b.dash,b.cap);let Y=e.grid;Y.show&&zn(A,Y.filter(k,w,l,d,_),a,0==a?2:1,0==a?lt:Qe,0==a?st:ot,Al(Y.width*y,3),Y.stroke(k,l),Y.dash,Y.cap),v.show&&zn([z],[1],0==a?1:0,0==a?1:2,1==a?lt:Qe,1==a?st:ot,Al(v.width*y,3),v.stroke(k,l),v.dash,v.cap)}Ci("drawAxes")},series:function(){if(Gt>0){let l=pl.some((l=>l._focus))&&dn!=Tt.alpha;l&&(K.globalAlpha=dn=Tt.alpha),pl.forEach(((l,e)=>{if(e>0&&l.show&&(kn(e,!1),kn(e,!0),null==l._paths)){let t=dn;dn!=l.alpha&&(K.globalAlpha=dn=l.alpha);let n=2==M?[0,g[e][0].length-1]:function(l){let e=wl(Lt-1,0,Gt-1),t=wl(en+1,0,Gt-1);for(;null==l[e]&&e>0;)e--;for(;null==l[t]&&Gt-1>t;)t++;return[e,t]}(g[e]);l._paths=l.paths(k,e,n[0],n[1]),dn!=t&&(K.globalAlpha=dn=t)}})),pl.forEach(((l,e)=>{if(e>0&&l.show){let t=dn;dn!=l.alpha&&(K.globalAlpha=dn=l.alpha),null!=l._paths&&yn(e,!1);{let t=null!=l._paths?l._paths.gaps:null,n=l.points.show(k,e,Lt,en,t),i=l.points.filter(k,e,n,t);(n||i)&&(l.points._paths=l.points.paths(k,e,Lt,en,i),yn(e,!0))}dn!=t&&(K.globalAlpha=dn=t),Ci("drawSeries",e)}})),l&&(K.globalAlpha=dn=1)}}},Pl=(u.drawOrder||["axes","series"]).map((l=>Dl[l]));function Cl(l){const e=3==l.distr?e=>dl(e>0?e:l.clamp(k,e,l.min,l.max,l.key)):4==l.distr?e=>ml(e,l.asinh):100==l.distr?e=>l.fwd(e):l=>l;return t=>{let n=e(t),{_min:i,_max:o}=l;return(n-i)/(o-i)}}function Il(l){let e=vl[l];if(null==e){let t=(u.scales||Hl)[l]||Hl;if(null!=t.from){Il(t.from);let e=Bl({},vl[t.from],t,{key:l});e.valToPct=Cl(e),vl[l]=e}else{e=vl[l]=Bl({},l==El?ft:ct,t),e.key=l;let n=e.time,i=e.range,o=Gl(i);if((l!=El||2==M&&!n)&&(!o||null!=i[0]&&null!=i[1]||(i={min:null==i[0]?q:{mode:1,hard:i[0],soft:i[0]},max:null==i[1]?q:{mode:1,hard:i[1],soft:i[1]}},o=!1),!o&&Ol(i))){let l=i;i=(e,t,n)=>null==t?Rl:Z(t,n,l)}e.range=bl(i||(n?Bt:l==El?3==e.distr?qt:4==e.distr?Xt:Vt:3==e.distr?Jt:4==e.distr?Kt:$t)),e.auto=bl(!o&&e.auto),e.clamp=bl(e.clamp||at),e._min=e._max=null,e.valToPct=Cl(e)}}}Il("x"),Il("y"),1==M&&pl.forEach((l=>{Il(l.scale)})),xl.forEach((l=>{Il(l.scale)}));for(let l in u.scales)Il(l);const jl=vl[El],Ul=jl.distr;let $l,ql;0==jl.ori?(S(R,"u-hz"),$l=P,ql=W):(S(R,"u-vt"),$l=W,ql=P);const Kl={};for(let l in vl){let e=vl[l];null==e.min&&null==e.max||(Kl[l]={min:e.min,max:e.max},e.min=e.max=null)}const Xl=u.tzDate||(l=>new Date(rl(l/hl))),Zl=u.fmtDate||ne,Ql=1==hl?Me(Xl):Ee(Xl),le=De(Xl,ze(1==hl?ye:Te,Zl)),ee=We(Xl,Ae("{YYYY}-{MM}-{DD} {h}:{mm}{aa}",Zl)),te=[],ie=k.legend=Bl({},Ye,u.legend),oe=k.cursor=Bl({},Re,{drag:{y:2==M}},u.cursor),se=ie.show,re=oe.show,ue=ie.markers;let ce,he,de;ie.idxs=te,ue.width=bl(ue.width),ue.dash=bl(ue.dash),ue.stroke=bl(ue.stroke),ue.fill=bl(ue.fill);let pe,me=[],ge=[],xe=!1,we={};if(ie.live){const l=pl[1]?pl[1].values:null;xe=null!=l,pe=xe?l(k,1,0):{_:0};for(let l in pe)we[l]=w}if(se)if(ce=z("table","u-legend",R),de=z("tbody",null,ce),ie.mount(k,ce),xe){he=z("thead",null,ce,de);let l=z("tr",null,he);for(var _e in z("th",null,l),pe)z("th",e,l).textContent=_e}else S(ce,"u-inline"),ie.live&&S(ce,"u-live");const be={show:!0},ve={show:!1},Pe=new Map;function Ce(l,e,t,n=!0){const i=Pe.get(e)||{},o=oe.bind[l](k,e,t,n);o&&(G(l,e,i[l]=o),Pe.set(e,i))}function He(l,e){const t=Pe.get(e)||{};for(let n in t)null!=l&&n!=l||(I(n,e,t[n]),delete t[n]);null==l&&Pe.delete(e)}let Fe=0,Ge=0,Ie=0,Le=0,Oe=0,Ne=0,je=Oe,Ke=Ne,Xe=Ie,Ze=Le,Qe=0,lt=0,ot=0,st=0;k.bbox={};let ht=!1,pt=!1,mt=!1,xt=!1,wt=!1,_t=!1;function vt(l,e,t){(t||l!=k.width||e!=k.height)&&kt(l,e),An(!1),mt=!0,pt=!0,Jn()}function kt(l,e){k.width=Fe=Ie=l,k.height=Ge=Le=e,Oe=Ne=0,function(){let l=!1,e=!1,t=!1,n=!1;xl.forEach((i=>{if(i.show&&i._show){let{side:o,_size:s}=i,r=s+(null!=i.label?i.labelSize:0);r>0&&(o%2?(Ie-=r,3==o?(Oe+=r,n=!0):t=!0):(Le-=r,0==o?(Ne+=r,l=!0):e=!0))}})),Ct[0]=l,Ct[1]=t,Ct[2]=e,Ct[3]=n,Ie-=Rt[1]+Rt[3],Oe+=Rt[3],Le-=Rt[2]+Rt[0],Ne+=Rt[0]}(),function(){let l=Oe+Ie,e=Ne+Le,t=Oe,n=Ne;function i(i,o){switch(i){case 1:return l+=o,l-o;case 2:return e+=o,e-o;case 3:return t-=o,t+o;case 0:return n-=o,n+o}}xl.forEach((l=>{if(l.show&&l._show){let e=l.side;l._pos=i(e,l._size),null!=l.label&&(l._lpos=i(e,l.labelSize))}}))}();let t=k.bbox;Qe=t.left=zl(Oe*y,.5),lt=t.top=zl(Ne*y,.5),ot=t.width=zl(Ie*y,.5),st=t.height=zl(Le*y,.5)}const yt=3;if(k.setSize=function({width:l,height:e}){vt(l,e)},null==oe.dataIdx){let l=oe.hover,e=l.skip=new Set(l.skip??[]);e.add(void 0);let t=l.prox=bl(l.prox),n=l.bias??=0;oe.dataIdx=(l,i,o,s)=>{if(0==i)return o;let r=o,u=t(l,i,o,s)??gl,a=u>=0&&gl>u,f=0==jl.ori?Ie:Le,c=oe.left,h=g[0],d=g[i];if(e.has(d[o])){r=null;let l,t=null,i=null;if(0==n||-1==n)for(l=o;null==t&&l-- >0;)e.has(d[l])||(t=l);if(0==n||1==n)for(l=o;null==i&&l++<d.length;)e.has(d[l])||(i=l);if(null!=t||null!=i)if(a){let l=c-(null==t?-1/0:$l(h[t],jl,f,0)),e=(null==i?1/0:$l(h[i],jl,f,0))-c;l>e?e>u||(r=i):l>u||(r=t)}else r=null==i?t:null==t||o-t>i-o?i:t}else a&&ol(c-$l(h[o],jl,f,0))>u&&(r=null);return r}}const Mt=l=>{oe.event=l};oe.idxs=te,oe._lock=!1;let St=oe.points;St.show=bl(St.show),St.size=bl(St.size),St.stroke=bl(St.stroke),St.width=bl(St.width),St.fill=bl(St.fill);const Tt=k.focus=Bl({},u.focus||{alpha:.3},oe.focus),Et=Tt.prox>=0,zt=Et&&St.one;let Dt=[],Pt=[],At=[];function Wt(l,e){let t=St.show(k,e);if(t instanceof HTMLElement)return S(t,"u-cursor-pt"),S(t,l.class),A(t,-10,-10,Ie,Le),el.insertBefore(t,Dt[e]),t}function Yt(t,n){if(1==M||n>0){let l=1==M&&vl[t.scale].time,e=t.value;t.value=l?Ll(e)?We(Xl,Ae(e,Zl)):e||ee:e||nt,t.label=t.label||(l?"Time":"Value")}if(zt||n>0){t.width=null==t.width?1:t.width,t.paths=t.paths||Ot||yl,t.fillTo=bl(t.fillTo||gt),t.pxAlign=+Q(t.pxAlign,tl),t.pxRound=bt(t.pxAlign),t.stroke=bl(t.stroke||null),t.fill=bl(t.fill||null),t._stroke=t._fill=t._paths=t._focus=null;let l=function(l){return Al(1*(3+2*(l||1)),3)}(fl(1,t.width)),e=t.points=Bl({},{size:l,width:fl(1,.2*l),stroke:t.stroke,space:2*l,paths:Nt,_stroke:null,_fill:null},t.points);e.show=bl(e.show),e.filter=bl(e.filter),e.fill=bl(e.fill),e.stroke=bl(e.stroke),e.paths=bl(e.paths),e.pxAlign=t.pxAlign}if(se){let i=function(t,n){if(0==n&&(xe||!ie.live||2==M))return Rl;let i=[],o=z("tr","u-series",de,de.childNodes[n]);S(o,t.class),t.show||S(o,l);let s=z("th",null,o);if(ue.show){let l=D("u-marker",s);if(n>0){let e=ue.width(k,n);e&&(l.style.border=e+"px "+ue.dash(k,n)+" "+ue.stroke(k,n)),l.style.background=ue.fill(k,n)}}let r=D(e,s);for(var u in t.label instanceof HTMLElement?r.appendChild(t.label):r.textContent=t.label,n>0&&(ue.show||(r.style.color=t.width>0?ue.stroke(k,n):ue.fill(k,n)),Ce("click",s,(l=>{if(oe._lock)return;Mt(l);let e=pl.indexOf(t);if((l.ctrlKey||l.metaKey)!=ie.isolate){let l=pl.some(((l,t)=>t>0&&t!=e&&l.show));pl.forEach(((t,n)=>{n>0&&oi(n,l?n==e?be:ve:be,!0,Fi.setSeries)}))}else oi(e,{show:!t.show},!0,Fi.setSeries)}),!1),Et&&Ce(d,s,(l=>{oe._lock||(Mt(l),oi(pl.indexOf(t),ai,!0,Fi.setSeries))}),!1)),pe){let l=z("td","u-value",o);l.textContent="--",i.push(l)}return[o,i]}(t,n);me.splice(n,0,i[0]),ge.splice(n,0,i[1]),ie.values.push(null)}if(re){te.splice(n,0,null);let l=null;zt?0==n&&(l=Wt(t,n)):n>0&&(l=Wt(t,n)),Dt.splice(n,0,l),Pt.splice(n,0,0),At.splice(n,0,0)}Ci("addSeries",n)}k.addSeries=function(l,e){e=null==e?pl.length:e,l=1==M?Ut(l,e,Ve,ut):Ut(l,e,{},rt),pl.splice(e,0,l),Yt(pl[e],e)},k.delSeries=function(l){if(pl.splice(l,1),se){ie.values.splice(l,1),ge.splice(l,1);let e=me.splice(l,1)[0];He(null,e.firstChild),e.remove()}re&&(te.splice(l,1),Dt.splice(l,1)[0].remove(),Pt.splice(l,1),At.splice(l,1)),Ci("delSeries",l)};const Ct=[!1,!1,!1,!1];function Ht(l,e,t){let[n,i,o,s]=t,r=e%2,u=0;return 0==r&&(s||i)&&(u=0==e&&!n||2==e&&!o?rl(Ue.size/3):0),1==r&&(n||o)&&(u=1==e&&!i||3==e&&!s?rl(it.size/2):0),u}const Ft=k.padding=(u.padding||[Ht,Ht,Ht,Ht]).map((l=>bl(Q(l,Ht)))),Rt=k._padding=Ft.map(((l,e)=>l(k,e,Ct,0)));let Gt,Lt=null,en=null;const tn=1==M?pl[0].idxs:null;let nn,on,sn,rn,un,an,fn,cn,hn,dn,pn=null,mn=!1;function gn(l,e){if(k.data=k._data=g=null==l?[]:l,2==M){Gt=0;for(let l=1;pl.length>l;l++)Gt+=g[l][0].length}else{0==g.length&&(k.data=k._data=g=[[]]),pn=g[0],Gt=pn.length;let l=g;if(2==Ul){l=g.slice();let e=l[0]=Array(Gt);for(let l=0;Gt>l;l++)e[l]=l}k._data=g=l}if(An(!0),Ci("setData"),2==Ul&&(mt=!0),!1!==e){let l=jl;l.auto(k,mn)?xn():ii(El,l.min,l.max),xt=xt||oe.left>=0,_t=!0,Jn()}}function xn(){let l,e;mn=!0,1==M&&(Gt>0?(Lt=tn[0]=0,en=tn[1]=Gt-1,l=g[0][Lt],e=g[0][en],2==Ul?(l=Lt,e=en):l==e&&(3==Ul?[l,e]=B(l,l,jl.log,!1):4==Ul?[l,e]=$(l,l,jl.log,!1):jl.time?e=l+rl(86400/hl):[l,e]=Z(l,e,J,!0))):(Lt=tn[0]=l=null,en=tn[1]=e=null)),ii(El,l,e)}function wn(l,e,t,n,i,o){l??=a,t??=Fl,n??="butt",i??=a,o??="round",l!=nn&&(K.strokeStyle=nn=l),i!=on&&(K.fillStyle=on=i),e!=sn&&(K.lineWidth=sn=e),o!=un&&(K.lineJoin=un=o),n!=an&&(K.lineCap=an=n),t!=rn&&K.setLineDash(rn=t)}function _n(l,e,t,n){e!=on&&(K.fillStyle=on=e),l!=fn&&(K.font=fn=l),t!=cn&&(K.textAlign=cn=t),n!=hn&&(K.textBaseline=hn=n)}function bn(l,e,t,n,i=0){if(n.length>0&&l.auto(k,mn)&&(null==e||null==e.min)){let e=Q(Lt,0),o=Q(en,n.length-1),s=null==t.min?function(l,e,t,n=0,i=!1){let o=i?V:U,s=i?j:N;[e,t]=o(l,e,t);let r=l[e],u=l[e];if(e>-1)if(1==n)r=l[e],u=l[t];else if(-1==n)r=l[t],u=l[e];else for(let n=e;t>=n;n++){let e=l[n];s(e)&&(r>e?r=e:e>u&&(u=e))}return[r??gl,u??-gl]}(n,e,o,i,3==l.distr):[t.min,t.max];l.min=al(l.min,t.min=s[0]),l.max=fl(l.max,t.max=s[1])}}k.setData=gn;const vn={min:null,max:null};function kn(l,e){let t=e?pl[l].points:pl[l];t._stroke=t.stroke(k,l),t._fill=t.fill(k,l)}function yn(l,e){let t=e?pl[l].points:pl[l],{stroke:n,fill:i,clip:o,flags:s,_stroke:r=t._stroke,_fill:u=t._fill,_width:a=t.width}=t._paths;a=Al(a*y,3);let f=null,c=a%2/2;e&&null==u&&(u=a>0?"#fff":r);let h=1==t.pxAlign&&c>0;if(h&&K.translate(c,c),!e){let l=Qe-a/2,e=lt-a/2,t=ot+a,n=st+a;f=new Path2D,f.rect(l,e,t,n)}e?Sn(r,a,t.dash,t.cap,u,n,i,s,o):function(l,e,t,n,i,o,s,r,u,a,f){let c=!1;0!=u&&Tl.forEach(((h,d)=>{if(h.series[0]==l){let l,p=pl[h.series[1]],m=g[h.series[1]],x=(p._paths||Hl).band;Gl(x)&&(x=1==h.dir?x[0]:x[1]);let w=null;p.show&&x&&function(l,e,t){for(e=Q(e,0),t=Q(t,l.length-1);t>=e;){if(null!=l[e])return!0;e++}return!1}(m,Lt,en)?(w=h.fill(k,d)||o,l=p._paths.clip):x=null,Sn(e,t,n,i,w,s,r,u,a,f,l,x),c=!0}})),c||Sn(e,t,n,i,o,s,r,u,a,f)}(l,r,a,t.dash,t.cap,u,n,i,s,f,o),h&&K.translate(-c,-c)}const Mn=3;function Sn(l,e,t,n,i,o,s,r,u,a,f,c){wn(l,e,t,n,i),(u||a||c)&&(K.save(),u&&K.clip(u),a&&K.clip(a)),c?(r&Mn)==Mn?(K.clip(c),f&&K.clip(f),En(i,s),Tn(l,o,e)):2&r?(En(i,s),K.clip(c),Tn(l,o,e)):1&r&&(K.save(),K.clip(c),f&&K.clip(f),En(i,s),K.restore(),Tn(l,o,e)):(En(i,s),Tn(l,o,e)),(u||a||c)&&K.restore()}function Tn(l,e,t){t>0&&(e instanceof Map?e.forEach(((l,e)=>{K.strokeStyle=nn=e,K.stroke(l)})):null!=e&&l&&K.stroke(e))}function En(l,e){e instanceof Map?e.forEach(((l,e)=>{K.fillStyle=on=e,K.fill(l)})):null!=e&&l&&K.fill(e)}function zn(l,e,t,n,i,o,s,r,u,a){let f=s%2/2;1==tl&&K.translate(f,f),wn(r,s,u,a,r),K.beginPath();let c,h,d,p,m=i+(0==n||3==n?-o:o);0==t?(h=i,p=m):(c=i,d=m);for(let n=0;l.length>n;n++)null!=e[n]&&(0==t?c=d=l[n]:h=p=l[n],K.moveTo(c,h),K.lineTo(d,p));K.stroke(),1==tl&&K.translate(-f,-f)}function Dn(l){let e=!0;return xl.forEach(((t,n)=>{if(!t.show)return;let i=vl[t.scale];if(null==i.min)return void(t._show&&(e=!1,t._show=!1,An(!1)));t._show||(e=!1,t._show=!0,An(!1));let o=t.side,s=o%2,{min:r,max:u}=i,[a,f]=function(l,e,t,n){let i,o=xl[l];if(n>0){let s=o._space=o.space(k,l,e,t,n);i=Zt(e,t,o._incrs=o.incrs(k,l,e,t,n,s),n,s)}else i=[0,0];return o._found=i}(n,r,u,0==s?Ie:Le);if(0==f)return;let c=t._splits=t.splits(k,n,r,u,a,f,2==i.distr),h=2==i.distr?c.map((l=>pn[l])):c,d=2==i.distr?pn[c[1]]-pn[c[0]]:a,p=t._values=t.values(k,t.filter(k,h,n,f,d),n,f,d);t._rotate=2==o?t.rotate(k,p,n,f):0;let m=t._size;t._size=ul(t.size(k,p,n,l)),null!=m&&t._size!=m&&(e=!1)})),e}function Pn(l){let e=!0;return Ft.forEach(((t,n)=>{let i=t(k,n,Ct,l);i!=Rt[n]&&(e=!1),Rt[n]=i})),e}function An(l){pl.forEach(((e,t)=>{t>0&&(e._paths=null,l&&(1==M?(e.min=null,e.max=null):e.facets.forEach((l=>{l.min=null,l.max=null}))))}))}let Wn,Yn,Cn,Hn,Fn,Rn,Gn,In,Ln,On,Nn,jn,Un=!1,Vn=!1,Bn=[];function $n(){Vn=!1;for(let l=0;Bn.length>l;l++)Ci(...Bn[l]);Bn.length=0}function Jn(){Un||(Jl(qn),Un=!0)}function qn(){if(ht&&(function(){for(let l in vl){let e=vl[l];null==Kl[l]&&(null==e.min||null!=Kl[El]&&e.auto(k,mn))&&(Kl[l]=vn)}for(let l in vl){let e=vl[l];null==Kl[l]&&null!=e.from&&null!=Kl[e.from]&&(Kl[l]=vn)}null!=Kl[El]&&An(!0);let l={};for(let e in Kl){let t=Kl[e];if(null!=t){let n=l[e]=Vl(vl[e],Nl);if(null!=t.min)Bl(n,t);else if(e!=El||2==M)if(0==Gt&&null==n.from){let l=n.range(k,null,null,e);n.min=l[0],n.max=l[1]}else n.min=gl,n.max=-gl}}if(Gt>0){pl.forEach(((e,t)=>{if(1==M){let n=e.scale,i=Kl[n];if(null==i)return;let o=l[n];if(0==t){let l=o.range(k,o.min,o.max,n);o.min=l[0],o.max=l[1],Lt=L(o.min,g[0]),en=L(o.max,g[0]),en-Lt>1&&(o.min>g[0][Lt]&&Lt++,g[0][en]>o.max&&en--),e.min=pn[Lt],e.max=pn[en]}else e.show&&e.auto&&bn(o,i,e,g[t],e.sorted);e.idxs[0]=Lt,e.idxs[1]=en}else if(t>0&&e.show&&e.auto){let[n,i]=e.facets,o=n.scale,s=i.scale,[r,u]=g[t],a=l[o],f=l[s];null!=a&&bn(a,Kl[o],n,r,n.sorted),null!=f&&bn(f,Kl[s],i,u,i.sorted),e.min=i.min,e.max=i.max}}));for(let e in l){let t=l[e],n=Kl[e];if(null==t.from&&(null==n||null==n.min)){let l=t.range(k,t.min==gl?null:t.min,t.max==-gl?null:t.max,e);t.min=l[0],t.max=l[1]}}}for(let e in l){let t=l[e];if(null!=t.from){let n=l[t.from];if(null==n.min)t.min=t.max=null;else{let l=t.range(k,n.min,n.max,e);t.min=l[0],t.max=l[1]}}}let e={},t=!1;for(let n in l){let i=l[n],o=vl[n];if(o.min!=i.min||o.max!=i.max){o.min=i.min,o.max=i.max;let l=o.distr;o._min=3==l?dl(o.min):4==l?ml(o.min,o.asinh):100==l?o.fwd(o.min):o.min,o._max=3==l?dl(o.max):4==l?ml(o.max,o.asinh):100==l?o.fwd(o.max):o.max,e[n]=t=!0}}if(t){pl.forEach(((l,t)=>{2==M?t>0&&e.y&&(l._paths=null):e[l.scale]&&(l._paths=null)}));for(let l in e)mt=!0,Ci("setScale",l);re&&oe.left>=0&&(xt=_t=!0)}for(let l in Kl)Kl[l]=null}(),ht=!1),mt&&(function(){let l=!1,e=0;for(;!l;){e++;let t=Dn(e),n=Pn(e);l=e==yt||t&&n,l||(kt(k.width,k.height),pt=!0)}}(),mt=!1),pt){if(E(ll,s,Oe),E(ll,i,Ne),E(ll,t,Ie),E(ll,n,Le),E(el,s,Oe),E(el,i,Ne),E(el,t,Ie),E(el,n,Le),E(X,t,Fe),E(X,n,Ge),O.width=rl(Fe*y),O.height=rl(Ge*y),xl.forEach((({_el:e,_show:t,_size:n,_pos:i,side:o})=>{if(null!=e)if(t){let t=o%2==1;E(e,t?"left":"top",i-(3===o||0===o?n:0)),E(e,t?"width":"height",n),E(e,t?"top":"left",t?Ne:Oe),E(e,t?"height":"width",t?Le:Ie),T(e,l)}else S(e,l)})),nn=on=sn=un=an=fn=cn=hn=rn=null,dn=1,_i(!0),Oe!=je||Ne!=Ke||Ie!=Xe||Le!=Ze){An(!1);let l=Ie/Xe,e=Le/Ze;if(re&&!xt&&oe.left>=0){oe.left*=l,oe.top*=e,Cn&&A(Cn,rl(oe.left),0,Ie,Le),Hn&&A(Hn,0,rl(oe.top),Ie,Le);for(let t=0;Dt.length>t;t++){let n=Dt[t];null!=n&&(Pt[t]*=l,At[t]*=e,A(n,ul(Pt[t]),ul(At[t]),Ie,Le))}}if(ei.show&&!wt&&ei.left>=0&&ei.width>0){ei.left*=l,ei.width*=l,ei.top*=e,ei.height*=e;for(let l in ki)E(ti,l,ei[l])}je=Oe,Ke=Ne,Xe=Ie,Ze=Le}Ci("setSize"),pt=!1}Fe>0&&Ge>0&&(K.clearRect(0,0,O.width,O.height),Ci("drawClear"),Pl.forEach((l=>l())),Ci("draw")),ei.show&&wt&&(ni(ei),wt=!1),re&&xt&&(xi(null,!0,!1),xt=!1),ie.show&&ie.live&&_t&&(mi(),_t=!1),F||(F=!0,k.status=1,Ci("ready")),mn=!1,Un=!1}function Kn(l,e){let t=vl[l];if(null==t.from){if(0==Gt){let n=t.range(k,e.min,e.max,l);e.min=n[0],e.max=n[1]}if(e.min>e.max){let l=e.min;e.min=e.max,e.max=l}if(Gt>1&&null!=e.min&&null!=e.max&&1e-16>e.max-e.min)return;l==El&&2==t.distr&&Gt>0&&(e.min=L(e.min,g[0]),e.max=L(e.max,g[0]),e.min==e.max&&e.max++),Kl[l]=e,ht=!0,Jn()}}k.batch=function(l,e=!1){Un=!0,Vn=e,l(k),qn(),e&&Bn.length>0&&queueMicrotask($n)},k.redraw=(l,e)=>{mt=e||!1,!1!==l?ii(El,jl.min,jl.max):Jn()},k.setScale=Kn;let Xn=!1;const Zn=oe.drag;let Qn=Zn.x,li=Zn.y;re&&(oe.x&&(Wn=D("u-cursor-x",el)),oe.y&&(Yn=D("u-cursor-y",el)),0==jl.ori?(Cn=Wn,Hn=Yn):(Cn=Yn,Hn=Wn),Nn=oe.left,jn=oe.top);const ei=k.select=Bl({show:!0,over:!0,left:0,width:0,top:0,height:0},u.select),ti=ei.show?D("u-select",ei.over?el:ll):null;function ni(l,e){if(ei.show){for(let e in l)ei[e]=l[e],e in ki&&E(ti,e,l[e]);!1!==e&&Ci("setSelect")}}function ii(l,e,t){Kn(l,{min:e,max:t})}function oi(e,t,n,i){null!=t.focus&&function(l){if(l!=ui){let e=null==l,t=1!=Tt.alpha;pl.forEach(((n,i)=>{if(1==M||i>0){let o=e||0==i||i==l;n._focus=e?null:o,t&&function(l,e){pl[l].alpha=e,re&&null!=Dt[l]&&(Dt[l].style.opacity=e),se&&me[l]&&(me[l].style.opacity=e)}(i,o?1:Tt.alpha)}})),ui=l,t&&Jn()}}(e),null!=t.show&&pl.forEach(((n,i)=>{0>=i||e!=i&&null!=e||(n.show=t.show,function(e){if(pl[e].show)se&&T(me[e],l);else if(se&&S(me[e],l),re){let l=zt?Dt[0]:Dt[e];null!=l&&A(l,-10,-10,Ie,Le)}}(i),2==M?(ii(n.facets[0].scale,null,null),ii(n.facets[1].scale,null,null)):ii(n.scale,null,null),Jn())})),!1!==n&&Ci("setSeries",e,t),i&&Ii("setSeries",k,e,t)}let si,ri,ui;k.setSelect=ni,k.setSeries=oi,k.addBand=function(l,e){l.fill=bl(l.fill||null),l.dir=Q(l.dir,-1),Tl.splice(e=null==e?Tl.length:e,0,l)},k.setBand=function(l,e){Bl(Tl[l],e)},k.delBand=function(l){null==l?Tl.length=0:Tl.splice(l,1)};const ai={focus:!0};function fi(l,e,t){let n=vl[e];t&&(l=l/y-(1==n.ori?Ne:Oe));let i=Ie;1==n.ori&&(i=Le,l=i-l),-1==n.dir&&(l=i-l);let o=n._min,s=o+l/i*(n._max-o),r=n.distr;return 3==r?cl(10,s):4==r?((l,e=1)=>nl.sinh(l)*e)(s,n.asinh):100==r?n.bwd(s):s}function ci(l,e){E(ti,s,ei.left=l),E(ti,t,ei.width=e)}function hi(l,e){E(ti,i,ei.top=l),E(ti,n,ei.height=e)}se&&Et&&Ce(p,ce,(l=>{oe._lock||(Mt(l),null!=ui&&oi(null,ai,!0,Fi.setSeries))})),k.valToIdx=l=>L(l,g[0]),k.posToIdx=function(l,e){return L(fi(l,El,e),g[0],Lt,en)},k.posToVal=fi,k.valToPos=(l,e,t)=>0==vl[e].ori?P(l,vl[e],t?ot:Ie,t?Qe:0):W(l,vl[e],t?st:Le,t?lt:0),k.setCursor=(l,e,t)=>{Nn=l.left,jn=l.top,xi(null,e,t)};let di=0==jl.ori?ci:hi,pi=1==jl.ori?ci:hi;function mi(l,e){if(null!=l&&(l.idxs?l.idxs.forEach(((l,e)=>{te[e]=l})):(l=>void 0===l)(l.idx)||te.fill(l.idx),ie.idx=te[0]),se&&ie.live){for(let l=0;pl.length>l;l++)(l>0||1==M&&!xe)&&gi(l,te[l]);!function(){if(se&&ie.live)for(let l=2==M?1:0;pl.length>l;l++){if(0==l&&xe)continue;let e=ie.values[l],t=0;for(let n in e)ge[l][t++].firstChild.nodeValue=e[n]}}()}_t=!1,!1!==e&&Ci("setLegend")}function gi(l,e){let t,n=pl[l],i=0==l&&2==Ul?pn:g[l];xe?t=n.values(k,l,e)??we:(t=n.value(k,null==e?null:i[e],l,e),t=null==t?we:{_:t}),ie.values[l]=t}function xi(l,e,t){let n;Ln=Nn,On=jn,[Nn,jn]=oe.move(k,Nn,jn),oe.left=Nn,oe.top=jn,re&&(Cn&&A(Cn,rl(Nn),0,Ie,Le),Hn&&A(Hn,0,rl(jn),Ie,Le)),si=gl,ri=null;let i=0==jl.ori?Ie:Le,o=1==jl.ori?Ie:Le;if(0>Nn||0==Gt||Lt>en){n=oe.idx=null;for(let l=0;pl.length>l;l++){let e=Dt[l];null!=e&&A(e,-10,-10,Ie,Le)}Et&&oi(null,ai,!0,null==l&&Fi.setSeries),ie.live&&(te.fill(n),_t=!0)}else{let l,e,t;1==M&&(l=0==jl.ori?Nn:jn,e=fi(l,El),n=oe.idx=L(e,g[0],Lt,en),t=$l(g[0][n],jl,i,0));let s=-10,r=-10,u=0,a=0,f=!0,c="",h="";for(let l=2==M?1:0;pl.length>l;l++){let d=pl[l],p=te[l],m=null==p?null:1==M?g[l][p]:g[l][1][p],x=oe.dataIdx(k,l,n,e),w=null==x?null:1==M?g[l][x]:g[l][1][x];if(_t=_t||w!=m||x!=p,te[l]=x,l>0&&d.show){let e=null==x?-10:x==n?t:$l(1==M?g[0][x]:g[l][0][x],jl,i,0),p=null==w?-10:ql(w,1==M?vl[d.scale]:vl[d.facets[1].scale],o,0);if(Et&&null!=w){let e=1==jl.ori?Nn:jn,t=ol(Tt.dist(k,l,x,p,e));if(si>t){let n=Tt.bias;if(0!=n){let i=fi(e,d.scale),o=0>i?-1:1;o!=(0>w?-1:1)||(1==o?1==n?i>w:w>i:1==n?w>i:i>w)||(si=t,ri=l)}else si=t,ri=l}}if(_t||zt){let t,n;0==jl.ori?(t=e,n=p):(t=p,n=e);let i,o,d,m,g,x,w=!0,_=St.bbox;if(null!=_){w=!1;let e=_(k,l);d=e.left,m=e.top,i=e.width,o=e.height}else d=t,m=n,i=o=St.size(k,l);if(x=St.fill(k,l),g=St.stroke(k,l),zt)l!=ri||si>Tt.prox||(s=d,r=m,u=i,a=o,f=w,c=x,h=g);else{let e=Dt[l];null!=e&&(Pt[l]=d,At[l]=m,H(e,i,o,w),Y(e,x,g),A(e,ul(d),ul(m),Ie,Le))}}}}if(zt){let l=Tt.prox;if(_t||(null==ui?l>=si:si>l||ri!=ui)){let l=Dt[0];null!=l&&(Pt[0]=s,At[0]=r,H(l,u,a,f),Y(l,c,h),A(l,ul(s),ul(r),Ie,Le))}}}if(ei.show&&Xn)if(null!=l){let[e,t]=Fi.scales,[n,s]=Fi.match,[r,u]=l.cursor.sync.scales,a=l.cursor.drag;if(Qn=a._x,li=a._y,Qn||li){let a,f,c,h,d,{left:p,top:m,width:g,height:x}=l.select,w=l.scales[r].ori,_=l.posToVal,b=null!=e&&n(e,r),v=null!=t&&s(t,u);b&&Qn?(0==w?(a=p,f=g):(a=m,f=x),c=vl[e],h=$l(_(a,r),c,i,0),d=$l(_(a+f,r),c,i,0),di(al(h,d),ol(d-h))):di(0,i),v&&li?(1==w?(a=p,f=g):(a=m,f=x),c=vl[t],h=ql(_(a,u),c,o,0),d=ql(_(a+f,u),c,o,0),pi(al(h,d),ol(d-h))):pi(0,o)}else yi()}else{let l=ol(Ln-Fn),e=ol(On-Rn);if(1==jl.ori){let t=l;l=e,e=t}Qn=Zn.x&&l>=Zn.dist,li=Zn.y&&e>=Zn.dist;let t,n,s=Zn.uni;null!=s?Qn&&li&&(Qn=l>=s,li=e>=s,Qn||li||(e>l?li=!0:Qn=!0)):Zn.x&&Zn.y&&(Qn||li)&&(Qn=li=!0),Qn&&(0==jl.ori?(t=Gn,n=Nn):(t=In,n=jn),di(al(t,n),ol(n-t)),li||pi(0,o)),li&&(1==jl.ori?(t=Gn,n=Nn):(t=In,n=jn),pi(al(t,n),ol(n-t)),Qn||di(0,i)),Qn||li||(di(0,0),pi(0,0))}if(Zn._x=Qn,Zn._y=li,null==l){if(t){if(null!=Ri){let[l,e]=Fi.scales;Fi.values[0]=null!=l?fi(0==jl.ori?Nn:jn,l):null,Fi.values[1]=null!=e?fi(1==jl.ori?Nn:jn,e):null}Ii(f,k,Nn,jn,Ie,Le,n)}if(Et){let l=t&&Fi.setSeries,e=Tt.prox;null==ui?si>e||oi(ri,ai,!0,l):si>e?oi(null,ai,!0,l):ri!=ui&&oi(ri,ai,!0,l)}}_t&&(ie.idx=n,mi()),!1!==e&&Ci("setCursor")}k.setLegend=mi;let wi=null;function _i(l=!1){l?wi=null:(wi=el.getBoundingClientRect(),Ci("syncRect",wi))}function bi(l,e,t,n,i,o){oe._lock||Xn&&null!=l&&0==l.movementX&&0==l.movementY||(vi(l,e,t,n,i,o,0,!1,null!=l),null!=l?xi(null,!0,!0):xi(e,!0,!1))}function vi(l,e,t,n,i,o,s,r,u){if(null==wi&&_i(!1),Mt(l),null!=l)t=l.clientX-wi.left,n=l.clientY-wi.top;else{if(0>t||0>n)return Nn=-10,void(jn=-10);let[l,s]=Fi.scales,r=e.cursor.sync,[u,a]=r.values,[f,c]=r.scales,[h,d]=Fi.match,p=e.axes[0].side%2==1,m=0==jl.ori?Ie:Le,g=1==jl.ori?Ie:Le,x=p?o:i,w=p?i:o,_=p?n:t,b=p?t:n;if(t=null!=f?h(l,f)?C(u,vl[l],m,0):-10:m*(_/x),n=null!=c?d(s,c)?C(a,vl[s],g,0):-10:g*(b/w),1==jl.ori){let l=t;t=n,n=l}}!u||null!=e&&e.cursor.event.type!=f||(t>1&&Ie-1>t||(t=zl(t,Ie)),n>1&&Le-1>n||(n=zl(n,Le))),r?(Fn=t,Rn=n,[Gn,In]=oe.move(k,t,n)):(Nn=t,jn=n)}Object.defineProperty(k,"rect",{get:()=>(null==wi&&_i(!1),wi)});const ki={width:0,height:0,left:0,top:0};function yi(){ni(ki,!1)}let Mi,Si,Ti,Ei;function zi(l,e,t,n,i,o){Xn=!0,Qn=li=Zn._x=Zn._y=!1,vi(l,e,t,n,i,o,0,!0,!1),null!=l&&(Ce(h,b,Di,!1),Ii(c,k,Gn,In,Ie,Le,null));let{left:s,top:r,width:u,height:a}=ei;Mi=s,Si=r,Ti=u,Ei=a}function Di(l,e,t,n,i,o){Xn=Zn._x=Zn._y=!1,vi(l,e,t,n,i,o,0,!1,!0);let{left:s,top:r,width:u,height:a}=ei,f=u>0||a>0,c=Mi!=s||Si!=r||Ti!=u||Ei!=a;if(f&&c&&ni(ei),Zn.setScale&&f&&c){let l=s,e=u,t=r,n=a;if(1==jl.ori&&(l=r,e=a,t=s,n=u),Qn&&ii(El,fi(l,El),fi(l+e,El)),li)for(let l in vl){let e=vl[l];l!=El&&null==e.from&&e.min!=gl&&ii(l,fi(t+n,l),fi(t,l))}yi()}else oe.lock&&(oe._lock=!oe._lock,xi(e,!0,null!=l));null!=l&&(He(h,b),Ii(h,k,Nn,jn,Ie,Le,null))}function Pi(l){oe._lock||(Mt(l),xn(),yi(),null!=l&&Ii(m,k,Nn,jn,Ie,Le,null))}function Ai(){xl.forEach(ln),vt(k.width,k.height,!0)}G(x,v,Ai);const Wi={};Wi.mousedown=zi,Wi.mousemove=bi,Wi.mouseup=Di,Wi.dblclick=Pi,Wi.setSeries=(l,e,t,n)=>{-1!=(t=(0,Fi.match[2])(k,e,t))&&oi(t,n,!0,!1)},re&&(Ce(c,el,zi),Ce(f,el,bi),Ce(d,el,(l=>{Mt(l),_i(!1)})),Ce(p,el,(function(l){if(oe._lock)return;Mt(l);let e=Xn;if(Xn){let l,e,t=!0,n=!0,i=10;0==jl.ori?(l=Qn,e=li):(l=li,e=Qn),l&&e&&(t=i>=Nn||Nn>=Ie-i,n=i>=jn||jn>=Le-i),l&&t&&(Nn=Gn>Nn?0:Ie),e&&n&&(jn=In>jn?0:Le),xi(null,!0,!0),Xn=!1}Nn=-10,jn=-10,te.fill(null),xi(null,!0,!0),e&&(Xn=e)})),Ce(m,el,Pi),It.add(k),k.syncRect=_i);const Yi=k.hooks=u.hooks||{};function Ci(l,e,t){Vn?Bn.push([l,e,t]):l in Yi&&Yi[l].forEach((l=>{l.call(null,k,e,t)}))}(u.plugins||[]).forEach((l=>{for(let e in l.hooks)Yi[e]=(Yi[e]||[]).concat(l.hooks[e])}));const Hi=(l,e,t)=>t,Fi=Bl({key:null,setSeries:!1,filters:{pub:Ml,sub:Ml},scales:[El,pl[1]?pl[1].scale:null],match:[Sl,Sl,Hi],values:[null,null]},oe.sync);2==Fi.match.length&&Fi.match.push(Hi),oe.sync=Fi;const Ri=Fi.key,Gi=dt(Ri);function Ii(l,e,t,n,i,o,s){Fi.filters.pub(l,e,t,n,i,o,s)&&Gi.pub(l,e,t,n,i,o,s)}function Li(){Ci("init",u,g),gn(g||u.data,!1),Kl[El]?Kn(El,Kl[El]):xn(),wt=ei.show&&(ei.width>0||ei.height>0),xt=_t=!0,vt(u.width,u.height)}return Gi.sub(k),k.pub=function(l,e,t,n,i,o,s){Fi.filters.sub(l,e,t,n,i,o,s)&&Wi[l](null,e,t,n,i,o,s)},k.destroy=function(){Gi.unsub(k),It.delete(k),Pe.clear(),I(x,v,Ai),R.remove(),ce?.remove(),Ci("destroy")},pl.forEach(Yt),xl.forEach((function(l,e){if(l._show=l.show,l.show){let t=vl[l.scale];null==t&&(l.scale=l.side%2?pl[1].scale:El,t=vl[l.scale]);let n=t.time;l.size=bl(l.size),l.space=bl(l.space),l.rotate=bl(l.rotate),Gl(l.incrs)&&l.incrs.forEach((l=>{!Wl.has(l)&&Wl.set(l,Yl(l))})),l.incrs=bl(l.incrs||(2==t.distr?ae:n?1==hl?ke:Se:fe)),l.splits=bl(l.splits||(n&&1==t.distr?Ql:3==t.distr?Je:4==t.distr?qe:$e)),l.stroke=bl(l.stroke),l.grid.stroke=bl(l.grid.stroke),l.ticks.stroke=bl(l.ticks.stroke),l.border.stroke=bl(l.border.stroke);let i=l.values;l.values=Gl(i)&&!Gl(i[0])?bl(i):n?Gl(i)?De(Xl,ze(i,Zl)):Ll(i)?function(l,e){let t=ne(e);return(e,n)=>n.map((e=>t(l(e))))}(Xl,i):i||le:i||Be,l.filter=bl(l.filter||(3>t.distr||10!=t.log?3==t.distr&&2==t.log?tt:kl:et)),l.font=Qt(l.font),l.labelFont=Qt(l.labelFont),l._size=l.size(k,null,e,0),l._space=l._rotate=l._incrs=l._found=l._splits=l._values=null,l._size>0&&(Ct[e]=!0,l._el=D("u-axis",X))}})),_?_ instanceof HTMLElement?(_.appendChild(R),Li()):_(k,Li):Li(),k}en.assign=Bl,en.fmtNum=tl,en.rangeNum=Z,en.rangeLog=B,en.rangeAsinh=$,en.orient=pt,en.pxRatio=y,en.join=function(l,e){if(function(l){let e=l[0][0],t=e.length;for(let n=1;l.length>n;n++){let i=l[n][0];if(i.length!=t)return!1;if(i!=e)for(let l=0;t>l;l++)if(i[l]!=e[l])return!1}return!0}(l)){let e=l[0].slice();for(let t=1;l.length>t;t++)e.push(...l[t].slice(1));return function(l,e=100){const t=l.length;if(1>=t)return!0;let n=0,i=t-1;for(;i>=n&&null==l[n];)n++;for(;i>=n&&null==l[i];)i--;if(n>=i)return!0;const o=fl(1,sl((i-n+1)/e));for(let e=l[n],t=n+o;i>=t;t+=o){const n=l[t];if(null!=n){if(e>=n)return!1;e=n}}return!0}(e[0])||(e=function(l){let e=l[0],t=e.length,n=Array(t);for(let l=0;n.length>l;l++)n[l]=l;n.sort(((l,t)=>e[l]-e[t]));let i=[];for(let e=0;l.length>e;e++){let o=l[e],s=Array(t);for(let l=0;t>l;l++)s[l]=o[n[l]];i.push(s)}return i}(e)),e}let t=new Set;for(let e=0;l.length>e;e++){let n=l[e][0],i=n.length;for(let l=0;i>l;l++)t.add(n[l])}let n=[Array.from(t).sort(((l,e)=>l-e))],i=n[0].length,o=new Map;for(let l=0;i>l;l++)o.set(n[0][l],l);for(let t=0;l.length>t;t++){let s=l[t],r=s[0];for(let l=1;s.length>l;l++){let u=s[l],a=Array(i).fill(void 0),f=e?e[t][l]:1,c=[];for(let l=0;u.length>l;l++){let e=u[l],t=o.get(r[l]);null===e?0!=f&&(a[t]=e,2==f&&c.push(t)):a[t]=e}$l(a,c,i),n.push(a)}}return n},en.fmtDate=ne,en.tzDate=function(l,e){let t;return"UTC"==e||"Etc/UTC"==e?t=new Date(+l+6e4*l.getTimezoneOffset()):e==ie?t=l:(t=new Date(l.toLocaleString("en-US",{timeZone:e})),t.setMilliseconds(l.getMilliseconds())),t},en.sync=dt;{en.addGap=function(l,e,t){let n=l[l.length-1];n&&n[0]==e?n[1]=t:l.push([e,t])},en.clipGaps=wt;let l=en.paths={points:Wt};l.linear=Ft,l.stepped=function(l){const e=Q(l.align,1),t=Q(l.ascDesc,!1),n=Q(l.alignGaps,0),i=Q(l.extend,!1);return(l,o,s,r)=>pt(l,o,((u,a,f,c,h,d,p,m,g,x,w)=>{[s,r]=U(f,s,r);let _=u.pxRound,{left:b,width:v}=l.bbox,k=l=>_(d(l,c,x,m)),M=l=>_(p(l,h,w,g)),S=0==c.ori?Mt:St;const T={stroke:new Path2D,fill:null,clip:null,band:null,gaps:null,flags:1},E=T.stroke,z=c.dir*(0==c.ori?1:-1);let D=M(f[1==z?s:r]),P=k(a[1==z?s:r]),A=P,W=P;i&&-1==e&&(W=b,S(E,W,D)),S(E,P,D);for(let l=1==z?s:r;l>=s&&r>=l;l+=z){let t=f[l];if(null==t)continue;let n=k(a[l]),i=M(t);1==e?S(E,n,D):S(E,A,i),S(E,n,i),D=i,A=n}let Y=A;i&&1==e&&(Y=b+v,S(E,Y,D));let[C,H]=mt(l,o);if(null!=u.fill||0!=C){let e=T.fill=new Path2D(E),t=M(u.fillTo(l,o,u.min,u.max,C));S(e,Y,t),S(e,W,t)}if(!u.spanGaps){let i=[];i.push(..._t(a,f,s,r,z,k,n));let h=u.width*y/2,d=t||1==e?h:-h,p=t||-1==e?-h:h;i.forEach((l=>{l[0]+=d,l[1]+=p})),T.gaps=i=u.gaps(l,o,s,r,i),T.clip=wt(i,c.ori,m,g,x,w)}return 0!=H&&(T.band=2==H?[xt(l,o,s,r,E,-1),xt(l,o,s,r,E,1)]:xt(l,o,s,r,E,H)),T}))},l.bars=function(l){const e=Q((l=l||Hl).size,[.6,gl,1]),t=l.align||0,n=l.gap||0;let i=l.radius;i=null==i?[0,0]:"number"==typeof i?[i,0]:i;const o=bl(i),s=1-e[0],r=Q(e[1],gl),u=Q(e[2],1),a=Q(l.disp,Hl),f=Q(l.each,(()=>{})),{fill:c,stroke:h}=a;return(l,e,i,d)=>pt(l,e,((p,m,g,x,w,_,b,v,k,M,S)=>{let T,E,z=p.pxRound,D=t,P=n*y,A=r*y,W=u*y;0==x.ori?[T,E]=o(l,e):[E,T]=o(l,e);const Y=x.dir*(0==x.ori?1:-1);let C,H,F,R=0==x.ori?Tt:Et,G=0==x.ori?f:(l,e,t,n,i,o,s)=>{f(l,e,t,i,n,s,o)},I=Q(l.bands,Fl).find((l=>l.series[0]==e)),L=p.fillTo(l,e,p.min,p.max,null!=I?I.dir:0),O=z(b(L,w,S,k)),N=M,j=z(p.width*y),U=!1,V=null,B=null,$=null,J=null;null==c||0!=j&&null==h||(U=!0,V=c.values(l,e,i,d),B=new Map,new Set(V).forEach((l=>{null!=l&&B.set(l,new Path2D)})),j>0&&($=h.values(l,e,i,d),J=new Map,new Set($).forEach((l=>{null!=l&&J.set(l,new Path2D)}))));let{x0:q,size:K}=a;if(null!=q&&null!=K){D=1,m=q.values(l,e,i,d),2==q.unit&&(m=m.map((e=>l.posToVal(v+e*M,x.key,!0))));let t=K.values(l,e,i,d);H=2==K.unit?t[0]*M:_(t[0],x,M,v)-_(0,x,M,v),N=Rt(m,g,_,x,M,v,N),F=N-H+P}else N=Rt(m,g,_,x,M,v,N),F=N*s+P,H=N-F;1>F&&(F=0),H/2>j||(j=0),5>F&&(z=vl);let X=F>0;H=z(wl(N-F-(X?j:0),W,A)),C=(0==D?H/2:D==Y?0:H)-D*Y*((0==D?P/2:0)+(X?j/2:0));const Z={stroke:null,fill:null,clip:null,band:null,gaps:null,flags:0},ll=U?null:new Path2D;let el=null;if(null!=I)el=l.data[I.series[1]];else{let{y0:t,y1:n}=a;null!=t&&null!=n&&(g=n.values(l,e,i,d),el=t.values(l,e,i,d))}let tl=T*H,nl=E*H;for(let t=1==Y?i:d;t>=i&&d>=t;t+=Y){let n=g[t];if(null==n)continue;if(null!=el){let l=el[t]??0;if(n-l==0)continue;O=b(l,w,S,k)}let i=_(2!=x.distr||null!=a?m[t]:t,x,M,v),o=b(Q(n,L),w,S,k),s=z(i-C),r=z(fl(o,O)),u=z(al(o,O)),f=r-u;if(null!=n){let i=0>n?nl:tl,o=0>n?tl:nl;U?(j>0&&null!=$[t]&&R(J.get($[t]),s,u+sl(j/2),H,fl(0,f-j),i,o),null!=V[t]&&R(B.get(V[t]),s,u+sl(j/2),H,fl(0,f-j),i,o)):R(ll,s,u+sl(j/2),H,fl(0,f-j),i,o),G(l,e,t,s-j/2,u,H+j,f)}}return j>0?Z.stroke=U?J:ll:U||(Z._fill=0==p.width?p._fill:p._stroke??p._fill,Z.width=0),Z.fill=U?B:ll,Z}))},l.spline=function(l){return function(l,e){const t=Q(e?.alignGaps,0);return(e,n,i,o)=>pt(e,n,((s,r,u,a,f,c,h,d,p,m,g)=>{[i,o]=U(u,i,o);let x,w,_,b=s.pxRound,v=l=>b(c(l,a,m,d)),k=l=>b(h(l,f,g,p));0==a.ori?(x=kt,_=Mt,w=Pt):(x=yt,_=St,w=At);const y=a.dir*(0==a.ori?1:-1);let M=v(r[1==y?i:o]),S=M,T=[],E=[];for(let l=1==y?i:o;l>=i&&o>=l;l+=y)if(null!=u[l]){let e=v(r[l]);T.push(S=e),E.push(k(u[l]))}const z={stroke:l(T,E,x,_,w,b),fill:null,clip:null,band:null,gaps:null,flags:1},D=z.stroke;let[P,A]=mt(e,n);if(null!=s.fill||0!=P){let l=z.fill=new Path2D(D),t=k(s.fillTo(e,n,s.min,s.max,P));_(l,S,t),_(l,M,t)}if(!s.spanGaps){let l=[];l.push(..._t(r,u,i,o,y,v,t)),z.gaps=l=s.gaps(e,n,i,o,l),z.clip=wt(l,a.ori,d,p,m,g)}return 0!=A&&(z.band=2==A?[xt(e,n,i,o,D,-1),xt(e,n,i,o,D,1)]:xt(e,n,i,o,D,A)),z}))}(Gt,l)}}return en}();

// Numbers as show/numbers.py writes them, and small DOM pieces.
const PHONE = "(max-width: 560px)";
const MINUS = "\u2212";
const DASH = "\u2014";

// Made once each: the making of one takes longer than its writing of a hundred numbers.
const FORMATS = new Map();
function format(decimals) {
  if (!FORMATS.has(decimals)) FORMATS.set(decimals, new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  return FORMATS.get(decimals);
}

function plain(value, decimals, sign = false) {
  if (!Number.isFinite(value)) return DASH;
  const text = format(decimals).format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? MINUS : sign ? "+" : "") + text;
}

// The digits behind the point that a number has, at most six.
const digitsOf = (value) => (String(Number(value.toFixed(6))).split(".")[1] ?? "").length;

// A value in its declared unit: {factor, label, decimals}, the label already with its space where it wants one; `one` is
// the label behind exactly 1, where that is another.
function withUnit(value, unit, sign = false) {
  const text = plain(value * unit.factor, unit.decimals, sign);
  return text + (!Number.isFinite(value) ? "" : unit.one && /^[+\u2212]?1$/.test(text) ? unit.one : unit.label);
}

function oddsText(odds) {
  if (!Number.isFinite(odds)) return DASH;
  if (odds < 0.01) return "<1%";
  if (odds > 0.99) return ">99%";
  return `${Math.round(100 * odds)}%`;
}

// Half of the 95 % interval of odds that so many members give, in percentage points.
const errorText = (odds, members) => odds < 0.01 || odds > 0.99 ? "" : `\u00b1${(196 * Math.sqrt((odds * (1 - odds)) / Math.max(members, 1))).toFixed(1)}`;

const CLASSES = [[0.8, "\u25cf ", "likely"], [0.5, "\u25d0 ", "possible"], [0.2, "\u25d4 ", "hard"], [-1, "\u25cb ", "unlikely"]];
const oddsClass = (odds) => CLASSES.find(([least]) => odds >= least) || CLASSES[3];

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// A text is written only where it is another one: what stays costs no layout.
function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function stamp(node, name, value) {
  if (node.dataset[name] !== String(value)) node.dataset[name] = value;
}

// What is said of the odds: whose they are, of how many futures, what is missing.
function remarks(words, { settled, odds, pending, members, used, all, failed, gaps, outside }) {
  const said = [!settled ? fill(words.live, { members: plain(used, 0) }) : odds ? fill(words.settled, { members: plain(members, 0) }) : pending ? words.unsettled : words.without];
  if (!settled && used < all) said.push(words.slow);
  if (failed > 0) said.push(fill(words.failed, { share: failed < 0.001 ? "<0.1" : plain(100 * failed, 1) }));
  if (gaps.length && failed < 1) said.push(fill(words.gaps, { title: gaps.join("; ") }));
  if (outside.length) said.push(fill(words.outside_why, { checks: outside.join("; ") }));
  return said;
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// A box for a number: it reads what Chinese and English keyboards write, and always shows the number that counts.
const NUMBER = /^[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const LONGEST = 24; // signs of a wrong entry that are repeated

// Full-width signs count as half-width ones, and the full stop that a Chinese input method writes as the point; a comma
// stands between groups of three digits or nowhere. NaN for what is no number.
function readNumber(written, unit = "") {
  const narrow = (text) => text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/\s/g, "");
  let text = narrow(written).replace(/[\u3002\uff61]/g, ".").replace(/[\u2212\u2013]/g, "-");
  const name = narrow(unit);
  if (name && text.endsWith(name)) text = text.slice(0, -name.length);
  return NUMBER.test(text) ? Number(text.replaceAll(",", "")) : NaN;
}

// What to say of an entry; nothing where it is a number from `low` to `high`.
function refusal(words, written, value, { low, high, shown, ends }, stays) {
  const said = { written: written.trim().length > LONGEST ? `${written.trim().slice(0, LONGEST)}\u2026` : written.trim(), ...ends, value: shown(stays) };
  if (!said.written) return fill(words.no_number, said);
  if (!Number.isFinite(value)) return fill(words.not_number, said);
  return value < low || value > high ? fill(words.beyond, said) : "";
}

// A text box, not type=number: that one drops 。 without a word, and the mouse wheel changes it.
class NumberBox {
  // limits: {low, high, step, unit, shown(value), ends as written}; taken(value) is what is set, said(text) what is wrong.
  constructor(label, limits, words, { taken, said, attributes = {} }) {
    Object.assign(this, { limits, words, taken, said });
    this.input = make("input", {
      type: "text", inputmode: limits.low < 0 ? "text" : "decimal", role: "spinbutton", autocomplete: "off", spellcheck: "false", "aria-label": label,
      "aria-valuemin": limits.low, "aria-valuemax": limits.high, ...attributes,
      onchange: () => this.read(), onblur: () => this.write(), oninput: () => said(""), onkeydown: (event) => this.key(event),
    });
  }

  read() {
    const written = this.input.value;
    const value = Number(readNumber(written, this.limits.unit).toFixed(6));
    const wrong = refusal(this.words, written, value, this.limits, this.value);
    if (!wrong && value !== this.value) this.taken(value);
    this.write();
    this.said(wrong);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (event.key === "Escape") this.write();
    if (!steps) return;
    const { low, high, step, unit } = this.limits;
    const typed = readNumber(this.input.value, unit);
    const from = typed >= low && typed <= high ? typed : this.value;
    const value = Math.min(Math.max(Number((from + step * (event.shiftKey ? 10 * Math.sign(steps) : steps)).toPrecision(12)), low), high);
    if (value !== this.value) this.taken(value);
    this.write();
    event.preventDefault();
  }

  write() {
    this.written = String(Number(this.value.toFixed(6)));
    if (this.input.value !== this.written) this.input.value = this.written;
  }

  // The number that counts; what is being typed stays until it is entered or left.
  show(value) {
    if (value === this.value) return;
    const typing = this.input.value !== (this.written ?? "") && this.input.getRootNode().activeElement === this.input;
    this.value = value;
    if (!typing) this.write();
    this.input.setAttribute("aria-valuenow", value);
    this.input.setAttribute("aria-valuetext", this.limits.shown(value));
  }
}

// A target's value and whether it is met: as analysis/verdict.py has it.
function measured(target, base, final) {
  if (target.measure === "level") return final * target.factor;
  if (target.measure === "mean_growth") return 100 * ((final / base) ** (1 / target.span) - 1);
  return 100 * (final / base - 1);
}

function meets(target, value) {
  const judged = target.whole ? Math.floor(value + 0.5) : value;
  return target.sense === ">=" ? judged >= target.threshold : judged <= target.threshold;
}

// The model, which the server sends once as bytes: a length, a header in JSON, then arrays and modules, each on 8 bytes.
function readFeed(bytes) {
  const at = new DataView(bytes.buffer, bytes.byteOffset);
  const length = at.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(Math.ceil((4 + length) / 8) * 8);
  const doubles = ([place, count]) => new Float64Array(body.buffer, place, count).slice();
  const raw = ([place, count]) => body.slice(place, place + count);
  const floats = ([place, count]) => new Float32Array(body.buffer, place, count).slice();
  const rows = (all, count) => { return Array.from({ length: all.length / count }, (_, i) => all.slice(i * count, (i + 1) * count)); };
  const members = rows((head.single ? floats : doubles)(head.members), head.met.length);
  const base = rows(doubles(head.base), head.met.length + 1);
  return {
    ...head,
    shared: doubles(head.shared), base: base.map((row) => row.slice(0, -1)), own_base: base.map((row) => row[row.length - 1]),
    members: head.member_rows.map((row, i) => [row, members[i]]),
    saves: BigInt64Array.from(head.saves, BigInt),
    quick: { module: raw(head.quick[0]), uniform: doubles(head.quick[1]) }, strict: { module: raw(head.strict[0]), uniform: doubles(head.strict[1]) },
  };
}

// A module of one function that uses a vector: what every browser since 2021 runs.
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

function missing(words) {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") return words.no_wasm;
  return WebAssembly.validate(SIMD) ? "" : words.no_simd;
}

// The members in the page: shared out to workers, asked for one lever set after another, the newest only.
class Pool {
  constructor(source, model, size) {
    this.size = size;
    this.model = model;
    this.members = model.met.length;
    this.used = this.members;
    this.turn = Promise.resolve();
    this.waiting = new Set();
    const link = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.workers = Array.from({ length: size }, () => new Worker(link));
    this.ready = Promise.all(this.workers.map((worker, i) => this.begin(worker, i))).finally(() => URL.revokeObjectURL(link));
  }

  begin(worker, i) {
    const { model } = this;
    const first = Math.floor((i * this.members) / this.size);
    const until = Math.floor(((i + 1) * this.members) / this.size);
    const part = (values) => values.slice(first, until);
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.ready ? resolve() : reject(new Error(data.error)));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({
        begin: {
          ...model, met: part(model.met), base: model.base.map(part),
          members: model.members.map(([row, values]) => [row, part(values)]),
        },
      });
    });
  }

  // What the lever rows come to with the members in use: odds, bands, the scenario's own figures. One at a time.
  run(levers, steps, years) {
    const asked = this.turn.then(() => this.go({ levers, members: Math.ceil(this.used / this.size), steps, years }));
    this.turn = asked.catch(() => undefined);
    return asked;
  }

  async go(question) {
    const parts = await Promise.all(this.workers.map((worker, i) => this.ask(worker, { ...question, own: i === 0 })));
    return this.joined(parts, question.years);
  }

  ask(worker, question) {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      worker.onmessage = ({ data }) => {
        this.waiting.delete(reject);
        if (data.error === undefined) resolve(data);
        else reject(new Error(data.error));
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question);
    });
  }

  joined(parts, years) {
    const sum = (pick) => parts.reduce((total, part) => total + pick(part), 0);
    const sound = sum((part) => part.sound);
    const odds = Array.from(parts[0].counts, (_, i) => (sound ? sum((part) => part.counts[i]) / sound : NaN));
    const bands = [];
    for (let variable = 0; variable < this.model.variables; variable++) {
      bands.push(Array.from({ length: years }, (_, year) => {
        const place = variable * years + year;
        return quantiles(parts.map((part) => part.curves.subarray(place * part.sound, (place + 1) * part.sound)), BAND);
      }));
    }
    return { odds: odds.slice(0, -1), joint: odds[odds.length - 1], sound, failed: sum((part) => part.failed), bands, own: parts[0].own };
  }

  close() {
    this.workers.forEach((worker) => worker.terminate());
    for (const reject of this.waiting) reject(new Error("closed"));
  }
}

const BAND = [0.1, 0.25, 0.5, 0.75, 0.9];

// Quantiles of the numbers in sorted lists, between neighbours as NumPy has them.
function quantiles(lists, shares) {
  const all = merged(lists);
  return shares.map((share) => {
    const place = share * (all.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, all.length - 1);
    return all.length ? all[below] + (place - below) * (all[above] - all[below]) : NaN;
  });
}

function merged(lists) {
  let all = lists[0];
  for (const next of lists.slice(1)) {
    const out = new Float64Array(all.length + next.length);
    for (let i = 0, j = 0, k = 0; k < out.length; k++) {
      out[k] = j >= next.length || (i < all.length && all[i] <= next[j]) ? all[i++] : next[j++];
    }
    all = out;
  }
  return all;
}

// The levers: sliders by chapter or department, a number that can be typed, timing, and the way back.
class Levers {
  constructor(payload, words, moved) {
    this.words = words;
    this.moved = moved; // (id, part, value, final)
    this.rows = new Map();
    this.payload = payload;
    this.search = make("input", { type: "search", class: "xw-search", placeholder: words.search, "aria-label": words.search, oninput: () => this.filter() });
    this.changedOnly = make("input", { type: "checkbox", onchange: () => this.filter() });
    this.by = make("select", { "aria-label": words.group_by, class: "xw-by", onchange: () => this.arrange() },
      make("option", { value: "group" }, words.by_chapter), make("option", { value: "department" }, words.by_department));
    this.list = make("div", { class: "xw-groups" });
    this.root = make("section", { class: "xw-levers", "aria-label": words.levers },
      make("div", { class: "xw-tools" }, this.search, this.by, make("label", {}, this.changedOnly, words.moved_only)), this.list);
    for (const lever of payload.levers) this.rows.set(lever.id, this.row(lever));
    this.arrange();
  }

  row(lever) {
    const { words } = this;
    const named = `${lever.name}${lever.unit_label}`;
    const said = make("div", { class: "xw-said", id: `said-${lever.id}`, "aria-live": "polite" });
    const range = make("input", {
      type: "range", min: lever.low, max: lever.high, step: "any", "data-testid": `lever-${lever.id}`, "aria-label": named,
      oninput: (event) => this.dragged(lever, event.target, false), onchange: (event) => this.dragged(lever, event.target, true), onkeydown: (event) => this.key(lever, event), ondblclick: () => this.reset(lever),
    });
    const shown = (value) => this.written(lever, value);
    const ends = { low: plain(lever.low, digitsOf(lever.low)), high: shown(lever.high) };
    const box = (part, name, limits, attributes) => new NumberBox(name, limits, words, {
      taken: (value) => this.moved(lever.id, part, value, true), said: (text) => put(said, text), attributes: { ...attributes, "aria-describedby": said.id },
    });
    const year = ([low, high]) => ({ low, high, step: 1, shown: String, ends: { low, high } });
    const boxes = [
      box(0, `${named} ${words.value}`, { low: lever.low, high: lever.high, step: lever.step, unit: lever.unit, shown, ends }, { class: "xw-number" }),
      box(1, `${lever.name} ${words.start}`, year(this.payload.timing.start)),
      box(2, `${lever.name} ${words.ramp}`, year(this.payload.timing.ramp)),
    ];
    const back = make("button", { type: "button", class: "xw-back", title: words.set_back, "aria-label": `${words.set_back}: ${lever.name}`, onclick: () => this.reset(lever) }, "\u21ba");
    const tick = make("span", { class: "xw-tick", "aria-hidden": "true", style: `left:${(100 * (lever.base[0] - lever.low)) / (lever.high - lever.low)}%` });
    const nudge = (sign) => make("button", { type: "button", class: "xw-nudge", "aria-label": `${sign < 0 ? words.less : words.more}: ${lever.name}`, onclick: () => this.nudged(lever, sign) }, sign < 0 ? MINUS : "+");
    const below = make("div", { class: "xw-below" }, fill(words.base, { value: shown(lever.base[0]) }), " \u00b7 ", fill(words.range, ends));
    const details = make("details", { class: "xw-details" }, make("summary", { "aria-label": `${words.details}: ${lever.name}` }, words.details),
      make("div", { class: "xw-timing" }, make("label", {}, words.start, boxes[1].input), make("label", {}, words.ramp, boxes[2].input)),
      ...lever.about.map((line) => make("p", {}, line)));
    const root = make("div", { class: "xw-lever" },
      make("div", { class: "xw-name" }, make("span", {}, named), boxes[0].input, back),
      make("div", { class: "xw-track" }, nudge(-1), make("div", { class: "xw-range" }, tick, range), nudge(1)), said, below, details);
    return { lever, root, range, boxes, said, back, own: null };
  }

  // A lever's value in its unit, with the digits that it has, as its box shows it.
  written(lever, value) {
    return withUnit(value, { factor: 1, label: lever.unit, one: lever.one, decimals: digitsOf(value) });
  }

  arrange() {
    const { payload } = this;
    const open = new Set([...this.list.querySelectorAll("details[open].xw-group")].map((node) => node.dataset.group));
    const by = this.by.value;
    const groups = by === "group" ? payload.groups : payload.departments;
    const seen = new Set();
    const made = [];
    for (const group of groups) {
      const rows = [...this.rows.values()].filter(({ lever }) => (by === "group" ? lever.group === group.id : lever.departments[0] === group.id));
      if (!rows.length) continue;
      rows.forEach(({ lever }) => seen.add(lever.id));
      made.push(make("details", { class: "xw-group", ontoggle: (event) => this.opened(event.target), "data-group": group.id, open: open.has(group.id) || (!open.size && !made.length) },
        make("summary", {}, group.title, make("span", { class: "xw-count" }, String(rows.length))), ...rows.map((row) => row.root)));
    }
    this.list.replaceChildren(...made);
    this.filter();
  }

  // A phone has room for one open group.
  opened(group) {
    if (!group.open || !matchMedia(PHONE).matches || this.search.value || this.changedOnly.checked) return;
    for (const other of this.list.children) if (other !== group) other.open = false;
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    const narrowed = wanted || this.changedOnly.checked;
    for (const row of this.rows.values()) {
      const { lever } = row;
      const found = `${lever.name} ${lever.code} ${lever.id} ${lever.about.join(" ")}`.toLowerCase().includes(wanted);
      row.root.hidden = !found || (this.changedOnly.checked && !row.root.classList.contains("xw-moved"));
    }
    for (const group of this.list.children) {
      const any = [...group.querySelectorAll(".xw-lever")].some((node) => !node.hidden);
      group.hidden = !any;
      if (narrowed && any) group.open = true;
    }
  }

  // Under the finger a lever moves in tenths of its step, so that the picture flows; let go it snaps to its steps.
  dragged(lever, input, final) {
    const step = final ? lever.step : lever.step / 10;
    const value = lever.low + Math.round((Number(input.value) - lever.low) / step) * step;
    this.moved(lever.id, 0, this.within(lever, value), final);
  }

  within(lever, value) {
    return Math.min(Math.max(Number(value.toPrecision(12)), lever.low), lever.high);
  }

  key(lever, event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Backspace") this.reset(lever);
    else if (event.key === "Home" || event.key === "End") this.moved(lever.id, 0, event.key === "Home" ? lever.low : lever.high, true);
    else if (steps) this.nudged(lever, event.shiftKey ? 10 * Math.sign(steps) : steps);
    else return;
    event.preventDefault();
  }

  nudged(lever, steps) {
    this.moved(lever.id, 0, this.within(lever, this.rows.get(lever.id).now[0] + steps * lever.step), true);
  }

  reset(lever) {
    const { own } = this.rows.get(lever.id);
    this.moved(lever.id, null, [...own], true);
  }

  // What a lever stands at; `own` is what the chosen scenario has.
  show(id, now, own) {
    const row = this.rows.get(id);
    const { lever } = row;
    if (row.now?.some((value, part) => value !== now[part])) put(row.said, "");
    row.now = now;
    if (own) row.own = own;
    if (Number(row.range.value) !== now[0]) row.range.value = now[0];
    row.boxes.forEach((box, part) => box.show(now[part]));
    row.range.setAttribute("aria-valuetext", this.written(lever, now[0]));
    const changed = row.own.some((value, part) => value !== now[part]);
    row.root.classList.toggle("xw-moved", changed);
    row.root.classList.toggle("xw-set", !changed && now.some((value, part) => value !== lever.base[part]));
    row.back.hidden = !changed;
  }
}

// As many digits as are needed for a missed target not to print as its threshold.
function digits({ unit, threshold }, value, met) {
  for (let count = unit.decimals; count < unit.decimals + 4; count++) {
    if (met || plain(value * unit.factor, count) !== plain(threshold * unit.factor, count)) return count;
  }
  return unit.decimals + 4;
}

// What stands in the place of odds that are not there: [least, shape, word]. Never a verdict: one run's is not theirs.
const standing = (reckoned, pending) => !reckoned ? [0, `${DASH} `, "none"] : pending ? [0, "", "computing"] : [0, `${DASH} `, "no_odds"];

// The strip of verdicts: what is reached, how likely, by how much, when; and all headline targets together.
class Cards {
  constructor(payload, words, chosen) {
    this.chosen = chosen; // a card was chosen: on a phone its chart is the one that is shown
    this.payload = payload;
    this.words = words;
    this.together = make("span");
    this.error = make("small", { class: "xw-error" });
    this.joint = make("div", { class: "xw-joint", "data-testid": "joint" }, this.together, this.error);
    this.note = make("div", { class: "xw-note" });
    this.cards = payload.targets.map((target) => this.card(target));
    this.root = make("section", { class: "xw-verdicts", "aria-label": words.verdicts },
      make("div", { class: "xw-head" }, this.joint, this.note), make("div", { class: "xw-strip" }, ...this.cards.map((card) => card.root)));
    this.live = make("div", { class: "xw-hidden", "aria-live": "polite" });
    this.root.append(this.live);
  }

  card(target) {
    const parts = Object.fromEntries(["odds", "error", "value", "gap", "when", "also"].map((name) => [name, make("span", { class: `xw-${name}` })]));
    const bar = make("i");
    const tip = make("details", { class: "xw-tip" }, make("summary", { "aria-label": `${target.name}: ${this.words.source}` }, "\u24d8"), make("div", {}, ...target.about.map((line) => make("p", {}, line))));
    const root = make("div", { class: "xw-card", role: "group", "aria-label": target.name, "data-testid": `verdict-${target.id}` },
      make("div", { class: "xw-title" }, make("span", {}, target.name), tip), make("div", { class: "xw-aim" }, target.aim),
      make("div", { class: "xw-line" }, parts.odds, parts.error), make("div", { class: "xw-bar", "aria-hidden": "true" }, bar),
      make("div", { class: "xw-figure" }, make("span", { class: "xw-path" }, this.words.path), " ", parts.value, " ", parts.gap), make("div", {}, parts.when), make("div", {}, parts.also));
    root.addEventListener("click", () => this.chosen(target));
    return { target, root, parts, bar };
  }

  // values: a target's figures by year; odds: null where there are none; pending: they are being made; settled: odds of the
  // server, else of the page; also: what each target comes to in another scope, of the server alone.
  show({ series, odds, pending, joint, sound, settled, outside, also }) {
    const { words } = this;
    const mark = settled ? "" : "\u2248";
    this.cards.forEach(({ target, root, parts, bar }, i) => {
      const value = series[i].at;
      stamp(root, "value", value);
      const reckoned = Number.isFinite(value);
      const met = meets(target, value);
      const decimals = digits(target, value, met);
      put(parts.value, withUnit(value, { ...target.unit, decimals }, target.measure === "change"));
      put(parts.gap, !reckoned ? "" : fill(words.gap, { gap: withUnit(value - target.threshold, { ...target.difference, decimals }, true) }));
      put(parts.when, !reckoned ? "" : series[i].year ? fill(words.reached_in, { year: series[i].year }) : words.not_reached);
      const known = odds && Number.isFinite(odds[i]);
      stamp(root, "odds", known ? odds[i] : "");
      const [, shape, name] = known ? oddsClass(odds[i]) : standing(reckoned, pending);
      stamp(root, "class", outside ? "outside" : name);
      put(parts.odds, outside ? words.outside : `${shape}${words[name]}${known ? ` \u00b7 ${mark}${oddsText(odds[i])}` : ""}`);
      put(parts.error, outside || !known ? "" : errorText(odds[i], sound));
      if (settled) parts.error.title = known ? fill(words.error, { error: errorText(odds[i], sound), members: plain(Math.round(sound), 0) }) : "";
      put(parts.also, !also[i] ? "" : settled ? also[i].said : `${also[i].name}${words.later}`);
      bar.style.width = known && !outside ? `${100 * odds[i]}%` : "0";
    });
    const known = Number.isFinite(joint);
    const together = outside ? words.outside : known ? `${mark}${oddsText(joint)}` : pending ? words.computing : DASH;
    put(this.together, fill(words.joint, { odds: together, count: this.cards.length }));
    put(this.error, outside || !known ? "" : errorText(joint, sound));
    if (settled) this.joint.title = known ? fill(words.error, { error: errorText(joint, sound), members: plain(Math.round(sound), 0) }) : "";
    stamp(this.joint, "odds", known ? joint : "");
  }

  say(text) {
    put(this.live, text);
  }
}

// The charts: history as dots, baseline dashed, compared scenarios, the scenario solid, and in the live workspace 10 to 90 %
// and 25 to 75 % of the members as bands.
const COLOUR = { current: "#0072B2", baseline: "#767676", observed: "#222222", outer: "rgba(0,114,178,0.16)", inner: "rgba(0,114,178,0.26)", past: "#f4f5f7" };
const COMPARED = [["#D55E00", [2, 3]], ["#009E73", [9, 4]], ["#CC79A7", [9, 3, 2, 3]]];
const FONT = '12px "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
const HEIGHT = 190;

class Chart {
  constructor(spec, base, years, words) {
    this.spec = spec;
    this.base = base; // the last year of history
    this.years = years;
    this.words = words;
    this.aim = this.scaled(spec.level); // what meets the target, on the axis; null without one
    this.compared = [];
    this.year = make("span");
    this.value = make("b");
    this.beside = make("span");
    this.name = make("b", { title: spec.title }, spec.title);
    this.canvas = make("div", { class: "xw-plot", role: "img", "aria-label": spec.title });
    this.table = make("table");
    this.twin = make("details", { class: "xw-twin", ontoggle: () => this.tabulate() }, make("summary", { "aria-label": `${words.table}: ${spec.title}` }, words.table), this.table);
    this.root = make("figure", { class: "xw-chart", "data-chart": spec.id }, make("figcaption", {}, this.name, make("span", { class: "xw-under" }, make("span", {}, spec.unit.axis), make("span", { class: "xw-now" }, this.year, this.value, this.beside))), this.canvas, this.twin);
  }

  mount() {
    const line = (stroke, dash, width) => ({ stroke, dash, width, points: { show: false }, spanGaps: true });
    const dots = (fill) => ({ stroke: "transparent", width: 0, points: { show: true, size: 6, width: 1.2, fill, stroke: COLOUR.observed } });
    const hidden = { stroke: "transparent", width: 0, points: { show: false } };
    const size = () => ({ width: Math.max(this.canvas.clientWidth, 180), height: HEIGHT });
    this.plot = new uPlot({
      ...size(),
      scales: { x: { time: false }, y: { range: (u, low, high) => this.range(low, high) } },
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: { drawClear: [(u) => this.shade(u)], draw: [(u) => this.flag(u)], setCursor: [(u) => this.pointed(u.cursor.idx)] },
      axes: [
        { font: FONT, stroke: "#555", grid: { show: false }, ticks: { size: 4 }, size: 26, splits: () => this.years.filter((year) => year % 5 === 0), values: (u, all) => all.map(String) },
        { font: FONT, stroke: "#555", grid: { stroke: "#e3e3e3" }, ticks: { show: false }, size: 52, values: (u, all) => all.map((value) => plain(value, this.decimals(all))) },
      ],
      series: [{}, hidden, hidden, hidden, hidden, line(COLOUR.baseline, [5, 4], 1.5), ...COMPARED.map(([colour, dash]) => line(colour, dash, 1.8)),
        line(COLOUR.current, undefined, 2.2), dots(COLOUR.observed), dots("#fff")],
      bands: [{ series: [4, 1], fill: COLOUR.outer }, { series: [3, 2], fill: COLOUR.inner }],
    }, [this.years, ...Array.from({ length: 11 }, () => this.years.map(() => null))], this.canvas);
    this.sized = new ResizeObserver(() => {
      if (!this.canvas.clientWidth) return;
      this.plot.setSize(size());
      this.fit();
    });
    this.sized.observe(this.canvas);
  }

  // The name in two lines with whatever font this machine has: smaller where it is wide, and whole as a title beyond.
  fit() {
    this.name.style.fontSize = "";
    for (let size = 13; size >= 11 && this.name.scrollHeight > this.name.clientHeight + 1; size--) this.name.style.fontSize = `${size}px`;
  }

  close() {
    this.sized?.disconnect();
    this.plot?.destroy();
  }

  // As many as the axis' step has.
  decimals(all) {
    const step = all.length > 1 ? Math.abs(all[1] - all[0]) : 1;
    const whole = (digits) => Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6;
    return [0, 1, 2, 3].find(whole) ?? 4;
  }

  range(low, high) {
    if (this.frozen) return this.frozen;
    const aim = this.aim === null ? [] : [this.aim];
    const least = Math.min(low ?? Infinity, ...aim);
    const most = Math.max(high ?? -Infinity, ...aim);
    if (!(least <= most)) return [0, 1];
    const pad = (most - least || Math.abs(most) || 1) * 0.08;
    return this.told([least - pad, most + pad]);
  }

  // Which values the axis shows, for tests from outside.
  told(limits) {
    stamp(this.root, "scale", limits.map((value) => value.toPrecision(6)).join(" "));
    return limits;
  }

  freeze(yes) {
    this.frozen = yes ? [this.plot.scales.y.min, this.plot.scales.y.max] : null;
  }

  // own: the scenario from `first` on; bands: [quantile][year] from `first` on; both in the indicator's declared unit.
  show({ own, bands, first, rescale }) {
    const place = this.years.indexOf(first);
    const scale = (value) => this.scaled(value);
    const row = (values) => this.years.map((_, i) => (i < place ? null : scale(values[i - place] ?? null)));
    const none = () => this.years.map(() => null);
    this.current = this.years.map((_, i) => scale(i < place ? this.spec.past[i] : own[i - place]));
    this.banded = Boolean(bands);
    this.spread = [0, 1, 3, 4].map((q) => (bands ? row(bands[q]) : none()));
    const others = COMPARED.map((_, i) => (this.compared[i] ? this.compared[i].map(scale) : none()));
    const seen = (known) => this.spec.observed.map((value, i) => (this.spec.known[i] === known ? scale(value) : null));
    const data = [this.years, ...this.spread, this.spec.baseline.map(scale), ...others, this.current, seen(true), seen(false)];
    if (rescale) this.frozen = null;
    this.plot.setData(data, Boolean(rescale) || !this.frozen);
    if (!rescale && this.frozen) this.plot.redraw(true, false);
    this.pointed(null);
  }

  // History lies on a grey ground.
  shade(u) {
    const { ctx, bbox } = u;
    const edge = Math.min(u.valToPos(this.base, "x", true), bbox.left + bbox.width);
    ctx.save();
    ctx.fillStyle = COLOUR.past;
    ctx.fillRect(bbox.left, bbox.top, Math.max(edge - bbox.left, 0), bbox.height);
    ctx.restore();
  }

  flag(u) {
    if (this.aim === null) return;
    const { ctx } = u;
    const ratio = devicePixelRatio || 1;
    const x = u.valToPos(this.spec.year, "x", true);
    const y = u.valToPos(this.aim, "y", true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = "#000";
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(u.bbox.left, y);
    ctx.lineTo(x, y); // the target's year
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.font = FONT.replace("12px", `${12 * ratio}px`);
    const place = this.corner(u, x, y, ctx.measureText(this.spec.flag).width);
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = "rgba(255,255,255,0.9)";
    ctx.strokeText(this.spec.flag, ...place);
    ctx.fillText(this.spec.flag, ...place);
    ctx.font = `${15 * ratio}px sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("\u2605", x, y);
    ctx.restore();
  }

  // The lower left corner of the target's words: at the left end of its line or before its star, above or below, where
  // they hide least of the curves. While a lever is dragged they stay where they are.
  corner(u, x, y, width) {
    if (this.frozen && this.place) return this.place;
    const ratio = devicePixelRatio || 1;
    const [left, high] = [u.bbox.left + 4 * ratio, 15 * ratio];
    const points = [];
    for (const row of u.data.slice(5)) { // the curves and dots, and what lies between two years
      row.forEach((value, i) => {
        const next = row[i + 1] ?? value;
        for (const part of value === null ? [] : [0, 0.25, 0.5, 0.75]) {
          points.push([u.valToPos(this.years[i] + part, "x", true), u.valToPos(value + part * (next - value), "y", true)]);
        }
      });
    }
    let least = Infinity;
    for (const bottom of [y - 2 * ratio, y + 3 * ratio + high]) {
      const out = bottom - high < u.bbox.top || bottom > u.bbox.top + u.bbox.height;
      for (const start of [left, Math.max(left, x - 10 * ratio - width)]) {
        const hidden = points.filter(([at, level]) => at > start - 3 * ratio && at < start + width && level > bottom - high && level < bottom).length;
        if (hidden + (out ? 1000 : 0) < least) {
          least = hidden + (out ? 1000 : 0);
          this.place = [start, bottom];
        }
      }
    }
    return this.place;
  }

  // A value on the axis as it is written.
  written(value) {
    return plain(value ?? NaN, this.spec.unit.decimals);
  }

  scaled(value) {
    return value === null || !Number.isFinite(value) ? null : value * this.spec.unit.factor;
  }

  // The figures of the year that the mouse is at, else of the target's: beside the scenario's what was observed, else the baseline's.
  pointed(index) {
    const { spec, words } = this;
    const at = index ?? this.years.indexOf(spec.year);
    if (!this.current) return;
    const seen = spec.observed[at];
    const beside = seen === null ? [words.baseline, spec.baseline[at]] : [words.observed, seen];
    put(this.year, `${this.years[at]} `);
    put(this.value, this.written(this.current[at]));
    put(this.beside, ` \u00b7 ${beside[0]} ${this.written(this.scaled(beside[1]))}`);
  }

  // The sentence, and the table where it is open, that say the same to those who cannot see the chart.
  tell() {
    const { words, spec } = this;
    const at = this.years.indexOf(spec.year);
    const said = fill(this.aim === null ? words.chart : words.chart_aim, {
      title: spec.title, year: spec.year, unit: spec.unit.axis, aim: spec.aim,
      value: this.written(this.current[at]), baseline: this.written(this.scaled(spec.baseline[at])),
    });
    this.canvas.setAttribute("aria-label", said);
    this.tabulate();
  }

  tabulate() {
    if (!this.twin.open || !this.current) return;
    const { words, spec } = this;
    const cell = (value) => make("td", {}, value === null ? "" : this.written(value));
    const columns = [
      [words.observed, spec.observed.map((value) => this.scaled(value))],
      [words.baseline, spec.baseline.map((value) => this.scaled(value))],
      ...this.compared.map((values, i) => [this.names[i], values.map((value) => this.scaled(value))]),
      [words.current, this.current],
      ...(this.banded ? [["10%", this.spread[0]], ["90%", this.spread[3]]] : []),
    ];
    const heads = [words.year, ...columns.map(([head]) => head)];
    const rows = this.years.map((year, i) => make("tr", {}, make("th", { scope: "row" }, String(year)), ...columns.map(([, values]) => cell(values[i]))));
    this.table.replaceChildren(make("caption", {}, `${spec.title} \u00b7 ${spec.unit.axis}`), make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows));
  }

  // Scenarios beside this one: [{name, values}], values by year in the declared unit.
  compare(names, curves) {
    this.names = names;
    this.compared = curves;
  }
}

// The key of all charts; of bands and of compared scenarios where there are any.
class Legend {
  constructor(words, banded) {
    this.words = words;
    this.banded = banded;
    this.root = make("div", { class: "xw-legend" });
  }

  show(names) {
    const { words } = this;
    if (this.names?.join("\n") === names.join("\n")) return;
    this.names = names;
    const stroke = (colour, dash, width) => `<svg width="26" height="10" aria-hidden="true"><line x1="0" x2="26" y1="5" y2="5" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash || ""}"/></svg>`;
    const dot = (fill) => `<svg width="10" height="10" aria-hidden="true"><circle cx="5" cy="5" r="3.4" fill="${fill}" stroke="${COLOUR.observed}" stroke-width="1.2"/></svg>`;
    const block = (fill) => `<svg width="22" height="10" aria-hidden="true"><rect width="22" height="10" fill="${fill}"/></svg>`;
    const item = (picture, text) => { const node = make("span", {}); node.innerHTML = picture; node.append(` ${text}`); return node; };
    this.root.replaceChildren(
      item(stroke(COLOUR.current, "", 2.4), words.current), item(stroke(COLOUR.baseline, "5 4", 1.6), words.baseline),
      ...names.map((name, i) => item(stroke(COMPARED[i][0], COMPARED[i][1].join(" "), 2), name)),
      ...(this.banded ? [item(block(COLOUR.outer), words.outer), item(block("rgba(0,114,178,0.38)"), words.inner)] : []),
      item(dot(COLOUR.observed), words.published), item(dot("#fff"), words.guessed), item("\u2605", words.target), item(block(COLOUR.past), words.history));
  }
}

// Charts in a mount of their own, of the server's runs: in the plain widgets, and of further indicators.
class Board {
  constructor(parent, payload) {
    this.payload = payload;
    this.charts = payload.charts.map((chart) => new Chart(chart, payload.base, payload.years, payload.words));
    this.legend = new Legend(payload.words, false);
    for (const chart of this.charts) chart.root.toggleAttribute("data-chosen", true); // a phone shows them all
    parent.replaceChildren(make("div", { class: "xw", lang: payload.lang }, this.legend.root, make("div", { class: "xw-charts" }, ...this.charts.map((chart) => chart.root))));
    this.charts.forEach((chart) => chart.mount());
  }

  take({ names, curves }) {
    this.legend.show(names);
    this.charts.forEach((chart, i) => {
      const { own, compared } = curves[i];
      chart.compare(names, compared);
      chart.show({ own, bands: null, first: this.payload.years[0], rescale: true });
      chart.tell();
    });
  }

  leave() {
    this.charts.forEach((chart) => chart.close());
  }
}

// The workspace: levers, verdicts and charts around one lever set. While a lever is dragged the members in the page say
// what becomes of the targets; when it is let go the server settles it.
const SLOW = 40; // ms a frame: above it fewer members are run
const FEW = 250;
const LATE = 2500; // ms after which an answer of the server is missed; twice as many each time it is asked again

class Workspace {
  constructor(parent, payload) {
    this.payload = payload;
    const words = (this.words = payload.words);
    this.rev = 0;
    this.patience = LATE;
    this.sent = 0;
    this.revision = 0;
    this.frame = 0;
    this.times = [];
    this.settings = new Map();
    this.cards = new Cards(payload, words, (target) => this.choose(target));
    this.levers = new Levers(payload, words, (...move) => this.moved(...move));
    this.charts = payload.charts.map((chart) => new Chart(chart, payload.base, payload.years, words));
    this.legend = new Legend(words, true);
    this.help = this.helper();
    this.why = make("p", { class: "xw-why-text" });
    this.badge = make("p", { class: "xw-badge" });
    this.banner = make("div", { class: "xw-banner", role: "status", hidden: true });
    this.native = make("a", { href: "?ui=native", class: "xw-native", onclick: (event) => this.plain(event) }, words.native);
    const believed = make("a", { href: "#believed", class: "xw-native" }, words.believed);
    const keys = make("button", { type: "button", class: "xw-back", onclick: () => this.help.showModal() }, words.keys);
    const why = make("section", { class: "xw-why", "aria-label": words.why }, make("b", {}, words.why), this.why, make("p", { class: "xw-uncertain" }, words.uncertain, " ", believed), this.badge, make("p", {}, this.native, " \u00b7 ", keys));
    this.root = make("div", { class: "xw", lang: payload.lang === "zh" ? "zh-Hans" : "en", "data-testid": "workspace", "data-frame": "0", "data-settled": "" },
      this.banner, this.cards.root, make("div", { class: "xw-board" }, this.levers.root, make("div", { class: "xw-right" }, this.legend.root, make("div", { class: "xw-charts" }, ...this.charts.map((chart) => chart.root), why))), this.help);
    this.choose(payload.targets[0]);
    this.root.addEventListener("keydown", (event) => {
      const typing = event.target.matches("select, input:not([type=range]):not([type=checkbox])");
      if (event.key === "/" && !typing) { this.levers.search.focus(); event.preventDefault(); }
      if (event.key === "?" && !typing) this.help.showModal();
      if (/^[rc]$/.test(event.key) || event.key === "Escape") event.stopPropagation(); // Streamlit's own keys
    });
    parent.replaceChildren(this.root);
    this.charts.forEach((chart) => chart.mount());
  }

  // Plain widgets, with all that the address holds.
  plain(event) {
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.set("ui", "native");
    location.assign(address);
  }

  // The keys, in a dialog.
  helper() {
    const { words } = this;
    const close = make("button", { type: "button", onclick: () => this.help.close() }, words.close);
    return make("dialog", { class: "xw-help", "aria-label": words.keys }, make("b", {}, words.keys), make("ul", {}, ...words.key_list.split("\n").map((line) => make("li", {}, line))), close);
  }

  // A phone shows one chart: that of the target whose row was touched.
  choose(target) {
    for (const chart of this.charts) chart.root.toggleAttribute("data-chosen", chart.spec.variable === target.variable);
    for (const card of this.cards.cards) card.root.toggleAttribute("data-chosen", card.target.id === target.id);
  }

  // ---- what the server says

  take(data, send) {
    this.send = send;
    this.meet(data);
    const stale = this.sent > data.rev; // an answer to an earlier move: the newer one is on its way
    for (const lever of this.payload.levers) {
      const now = stale || this.dragging ? this.settings.get(lever.id) : data.settings[lever.id];
      this.settings.set(lever.id, [...now]);
      this.levers.show(lever.id, this.settings.get(lever.id), data.own[lever.id]);
    }
    this.compare(data.compared);
    if (data.model !== this.wanted) { this.wanted = data.model; this.close(); }
    this.begin();
    if (stale || this.dragging) return;
    this.settled = data.settled;
    this.answered();
    this.say(data.told || this.words.start);
    this.draw(null, true);
    this.count(data);
  }

  // How many states have been settled, odds and all.
  count({ rev, settings, settled }) {
    const state = JSON.stringify([rev, settings, settled.odds]);
    if (!settled.odds || state === this.state) return;
    this.state = state;
    this.revision += 1;
    this.root.dataset.settled = this.revision;
  }

  // The server was restarted, or the page begun anew: its session knows nothing of this page's moves. One that it has
  // not answered is sent again.
  meet(data) {
    if (this.session === data.session) return;
    const open = this.session !== undefined && this.waiting !== null && this.sent > data.rev;
    this.session = data.session;
    this.rev = this.sent = data.rev;
    if (open) this.release();
  }

  compare(others) {
    const names = others.map((other) => other.name);
    this.legend.show(names);
    this.charts.forEach((chart, i) => chart.compare(names, others.map((other) => other.values[i])));
  }

  // The model's bytes, which come once.
  fed(bytes) {
    this.feed = bytes;
    this.begin();
  }

  // The page's model, when the server's bytes are those that are wanted.
  async begin() {
    if (this.pool || !this.feed) return;
    const reason = missing(this.words);
    if (reason) { this.badge.textContent = reason; return; }
    let model;
    try {
      model = readFeed(this.feed);
      if (model.key !== this.wanted) return;
      const size = Math.max(1, Math.min(navigator.hardwareConcurrency || 2, 4));
      this.pool = new Pool(WORKER, { ...model, targets: this.payload.targets.map((target) => ({ ...target, row: target.year - model.first })) }, size);
      this.model = model;
      await this.pool.ready;
      this.root.dataset.members = this.pool.members;
      await this.agree();
    } catch (error) {
      this.close();
      this.badge.textContent = fill(this.words.broken, { reason: String(error.message || error) });
    }
  }

  close() {
    if (this.pool) this.pool.close();
    this.pool = this.model = null;
  }

  // The page goes: nothing of it is left running.
  leave() {
    this.close();
    clearTimeout(this.waiting);
    clearTimeout(this.saying);
    this.charts.forEach((chart) => chart.close());
  }

  // ---- what the user does

  moved(id, part, value, final) {
    const now = this.settings.get(id);
    if (part === null) this.settings.set(id, value);
    else this.settings.set(id, now.map((old, i) => (i === part ? value : old)));
    this.levers.show(id, this.settings.get(id));
    if (!this.dragging) this.charts.forEach((chart) => chart.freeze(true));
    this.dragging = !final;
    if (this.pool) { this.dirty = true; this.pump(); }
    if (final) this.release();
  }

  release() {
    this.patience = LATE;
    this.rev = Math.max(this.rev, this.sent) + 1;
    this.sent = this.rev;
    this.emit();
  }

  emit() {
    clearTimeout(this.waiting);
    this.send("released", { rev: this.sent, settings: Object.fromEntries(this.settings) });
    this.waiting = setTimeout(() => this.missed(), this.patience);
    this.patience *= 2; // a message breaks off what the server reckons for the one before
  }

  answered() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.banner.hidden = true;
  }

  // No answer: is the server there? While it is not, the page's own figures stand.
  async missed() {
    let alive = false;
    try { alive = (await fetch(new URL("_stcore/health", document.baseURI), { cache: "no-store" })).ok; } catch { /* it is not */ }
    this.banner.textContent = alive ? this.words.waiting : this.words.offline;
    this.banner.hidden = false;
    if (alive) this.emit();
    else this.waiting = setTimeout(() => this.missed(), LATE);
  }

  // ---- the page's own figures

  // Row, value, row, value ... of every lever that matters.
  leverRows() {
    const rows = [];
    for (const lever of this.payload.levers) {
      const now = this.settings.get(lever.id);
      this.model.levers[lever.id].forEach((row, part) => {
        if (row >= 0) rows.push(row, part ? now[part] : now[part] * lever.scale);
      });
    }
    return Float64Array.from(rows);
  }

  async pump() {
    if (this.running || !this.dirty || !this.pool) return;
    const { pool, model } = this;
    this.running = true;
    this.dirty = false;
    const began = performance.now();
    try {
      await pool.ready;
      const found = await pool.run(this.leverRows(), model.horizon_step, this.payload.year - model.first + 1);
      if (pool === this.pool) this.draw(found, false);
      this.times = [...this.times.slice(-7), performance.now() - began];
      this.adapt();
    } catch (error) {
      if (pool === this.pool) {
        this.close();
        this.badge.textContent = fill(this.words.broken, { reason: String(error.message || error) });
      }
    }
    this.running = false;
    this.pump();
  }

  // Fewer members where frames come late, all of them again where there is time for them.
  adapt() {
    const { pool } = this;
    if (!pool || this.times.length < 8) return;
    const middle = [...this.times].sort((a, b) => a - b)[this.times.length >> 1];
    const wanted = middle > SLOW ? FEW : middle < (SLOW * FEW) / pool.members ? pool.members : pool.used;
    if (wanted === pool.used) return;
    pool.used = wanted;
    this.root.dataset.members = wanted;
    this.times = [];
  }

  // Is what the page computes what the server has?
  async agree() {
    const { pool, model } = this;
    if (!pool || !model || !this.settled || this.running || this.dirty) return;
    if (!this.settled.ran) { // the server's figures are of other settings
      this.root.dataset.difference = "";
      put(this.badge, "");
      return;
    }
    let found;
    try {
      await pool.ready;
      found = await pool.run(this.leverRows(), model.horizon_step, 1);
    } catch { return; } // who began the pool tells it
    if (pool !== this.pool || this.dragging || this.dirty) return;
    let worst = 0;
    found.own.forEach((value, i) => {
      const theirs = this.settled.own[i];
      worst = Math.max(worst, Math.abs(value - theirs) / Math.max(Math.abs(theirs), 1e-300));
    });
    this.root.dataset.difference = worst;
    this.badge.textContent = fill(worst <= 1e-11 ? this.words.same : this.words.differs, { difference: worst.toExponential(0), members: pool.members });
  }

  // ---- drawing

  draw(found, settled) {
    const { payload, words } = this;
    const result = settled ? this.settled : found;
    const first = payload.first;
    const count = payload.years.length - payload.years.indexOf(first);
    const own = Array.from(result.own);
    const of = (variable) => own.slice(variable * count, (variable + 1) * count);
    const series = payload.targets.map((target) => this.targetSeries(target, of(target.variable), first));
    this.cards.show({ series, odds: result.odds, pending: settled && result.pending, also: this.settled?.also ?? [], joint: result.joint, sound: result.effective ?? result.sound, settled, outside: this.settled?.outside?.length > 0 });
    const gaps = [];
    payload.charts.forEach((chart, i) => {
      const values = of(chart.variable).map((value) => value * chart.factor);
      const bands = result.bands ? this.bandRows(result.bands, chart, settled) : null;
      this.charts[i].show({ own: values, bands, first, rescale: settled });
      if (bands?.some((row) => row.some((value) => !Number.isFinite(value ?? NaN)))) gaps.push(chart.title);
      if (settled) { this.charts[i].freeze(false); this.charts[i].tell(); }
    });
    this.note(result, settled, gaps);
    if (settled && this.pool) this.agree();
    this.frame += 1;
    this.root.dataset.frame = this.frame;
  }

  bandRows(bands, chart, settled) {
    if (settled) return bands[chart.variable];
    return BAND.map((_, quantile) => bands[chart.variable].map((year) => year[quantile] * chart.factor));
  }

  targetSeries(target, values, first) {
    const base = this.payload.own_base[target.variable];
    const at = measured(target, base, values[target.year - first]);
    let reached = null;
    values.forEach((value, i) => { // met from then on to the target's year; what comes after it takes nothing away
      const year = first + i;
      const met = meets(target, measured({ ...target, span: year - target.base_year }, base, value));
      if (met) reached ??= year;
      else if (year <= target.year) reached = null;
    });
    return { at, year: reached };
  }

  note(result, settled, gaps) {
    const { words } = this;
    const { settled: server, pool } = this;
    const failed = settled ? server.failed : result.failed / Math.max(result.failed + result.sound, 1);
    const known = { settled, odds: server?.odds, pending: server?.pending, members: server?.members, used: pool?.used, all: pool?.members, failed, gaps, outside: server?.outside ?? [] };
    put(this.cards.note, remarks(words, known).join(" \u00b7 "));
  }

  say(told) {
    this.why.textContent = told;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.cards.say(told), 800);
  }
}

// The component's mounts. The workspace's own has the few bytes of `loader.js`, because its data change with every move and
// Streamlit sends an element whole; what is the same for long comes in mounts that it sends once: this code with the words
// and charts (`payload`), and the members as bytes.
const places = new Map(); // parentElement: the mount as it came last, and what is drawn in it
let payload = null;
let feed = null;

function take(mount) {
  const place = places.get(mount.parentElement) || {};
  places.set(mount.parentElement, place);
  place.mount = mount;
  const host = mount.parentElement.querySelector(".xw-host");
  if (mount.data.curves) takeCharts(place, host);
  else if (payload?.key === mount.data.payload) takeWorkspace(place, host); // else its words are on their way
}

function takeWorkspace(place, host) {
  speak(payload.lang === "zh" ? "zh-Hans" : "en");
  if (place.page?.payload !== payload) {
    place.page?.leave();
    place.page = new Workspace(host, payload);
    if (feed) place.page.fed(feed);
  }
  place.page.take(place.mount.data, place.mount.setTriggerValue);
}

function takeCharts(place, host) {
  const { data } = place.mount;
  speak(data.payload.lang);
  const key = JSON.stringify(data.payload);
  if (place.key !== key) {
    place.page?.leave();
    place.page = new Board(host, data.payload);
    place.key = key;
  }
  place.page.take(data);
}

// The whole document is in the page's language: Streamlit's own says English whatever it holds.
function speak(lang) {
  document.documentElement.lang = lang;
}

// Streamlit cleans up after an overtaken answer too: only a mount that is gone is left.
function left(parentElement) {
  if (parentElement.isConnected) return;
  places.get(parentElement)?.page?.leave();
  places.delete(parentElement);
}

globalThis.xinzhi = { take, left };
globalThis.dispatchEvent(new Event("xinzhi-code"));

// Bytes are members, an object is the payload of the workspace, nothing is the code alone.
export default function ({ data }) {
  if (data instanceof Uint8Array) {
    feed = data;
    for (const { page } of places.values()) page?.fed?.(feed);
  } else if (data) {
    payload = data;
    for (const { mount } of [...places.values()]) if (mount.data.payload === payload.key) take(mount);
  }
}
