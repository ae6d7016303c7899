// The workspace's mount: hands what the server says to the code, which comes in a mount of its own.
export default function (mount) {
  const take = () => globalThis.xinzhi.take(mount);
  if (globalThis.xinzhi) take();
  else globalThis.addEventListener("xinzhi-code", take, { once: true });
  return () => setTimeout(() => globalThis.xinzhi?.left(mount.parentElement));
}
