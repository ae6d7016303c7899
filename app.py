"""The page, for ``streamlit run app.py``."""

from xinzhi.dashboard.page import show

show()
