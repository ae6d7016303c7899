# make app   sets everything up and opens the simulator
# make test  sets everything up and runs every check and test
# make help  lists everything else
# Needs only Python 3.11 or later (PYTHON=python3.12 make app chooses another). What is there already is not done again.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help app test content lint fuzz browser proxy node component coverage mutants audit licences words hooks pictures reference book docs bench clean

help: ## list what make can do · 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed / 需要 Python 3.11 或更高版本: PYTHON=python3.12 make app"; exit 2; }
	@echo "Setting up $(VENV) (about a minute) / 正在安装，约需一分钟 …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) install -c constraints.txt -e ".[app,studies]"
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/runtime
	@$(PIP) install -c constraints.txt -e ".[dev,docs]"
	@touch $@

$(VENV)/quality: pyproject.toml constraints.txt | $(VENV)/dev
	@$(PIP) install -c constraints.txt -e ".[quality]"
	@touch $@

app: $(VENV)/runtime ## set everything up and open the simulator in the browser · 安装并打开模拟器
	@$(BIN)/xinzhi app --port $(PORT) $(ARGS)

lint: $(VENV)/dev ## ruff, mypy and the rules of who may import whom · 代码检查
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fuzz: $(VENV)/dev ## feed damaged files to the readers; Ctrl-C stops it and tells the count · 用损坏文件测试读取程序
	@$(BIN)/python tests/fuzz.py $(or $(COUNT),100000) $(or $(SEED),0)

browser: ## a Chromium for the browser tests, where there is none · 安装测试用浏览器
	@scripts/install-package.sh chromium "The browser tests" "浏览器测试" chromium chromium-browser google-chrome

proxy: ## an nginx for the serving test, where there is none · 安装测试用反向代理
	@scripts/install-package.sh nginx-light "The tests of the reverse proxy" "反向代理测试" nginx

node: ## a Node for the tests of the page's own computing, where there is none · 安装测试用Node
	@scripts/install-package.sh nodejs "The tests of WebAssembly" "WebAssembly测试" node

# The browser tests measure how fast the page answers: they run alone, after the others have used both cores.
test: lint browser proxy node ## every check and test; ARGS="-k words" runs some of them · 运行全部检查和测试
ifeq ($(ARGS),)
	@$(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder -m "not browser"
	@$(BIN)/pytest -m browser
else
	@$(BIN)/pytest $(ARGS)
endif

content: $(VENV)/dev ## all that follows from a change of model/, scenarios/ or calibration/ · 内容修改后更新其余文件
	@$(BIN)/python scripts/update_content.py

coverage: $(VENV)/dev ## which lines and branches of src/ no test reaches (docs/quality.md) · 测试覆盖率
	@$(BIN)/pytest -n auto --dist loadgroup --no-loadscope-reorder -m "not browser" --cov --cov-report=term-missing:skip-covered

mutants: $(VENV)/quality ## change the rules of content and targets one by one: does a test fail? · 变异测试
	@rm -rf mutants
	@XINZHI_TEST_CACHE=$(CURDIR)/$(VENV)/mutants-cache $(BIN)/mutmut run
	@$(BIN)/mutmut results

bench: $(VENV)/dev ## how fast all is on this machine, the engine against PySD, pysimlin and gcc, in one table; ARGS="engine --small" · 速度测试
	@$(BIN)/python tests/benchmarks $(ARGS)

audit: $(VENV)/quality ## known security holes of the installed packages · 依赖包安全检查
	@$(BIN)/pip-audit --local --progress-spinner off

licences: $(VENV)/runtime ## write docs/licences.md from the installed packages · 更新依赖包许可清单
	@$(BIN)/python scripts/list_licences.py

words: $(VENV)/dev ## bring the Chinese catalogue up to the code and say what is missing · 更新中文词条
	@$(BIN)/python scripts/update_words.py

hooks: $(VENV)/quality ## run the fast checks at every commit · 安装提交前检查
	@$(BIN)/pre-commit install

pictures: $(VENV)/dev browser ## make the pictures of the documents again · 重新生成文档图片
	@$(BIN)/python scripts/make_pictures.py

reference: $(VENV)/dev ## write the pages that are made from the program · 更新由程序生成的文档
	@$(BIN)/python scripts/make_reference.py

component: $(VENV)/dev ## join the live page's scripts into the files that are served · 合并实时页面脚本
	@$(BIN)/python scripts/build_component.py

book: $(VENV)/dev ## write the model's book into docs/model/, which git does not keep · 更新模型手册
	@$(BIN)/xinzhi book --folder docs/model

docs: $(VENV)/dev ## build the documents and the model's book into site/ · 生成文档网站
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

clean: ## remove what make has made · 清除生成的文件
	@rm -rf $(VENV) site mutants htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
