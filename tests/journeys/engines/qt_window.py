"""A bare window around the Chromium 49 of PyQt5 5.7: `python qt_window.py PORT`.

Run by the Python of .cache/engines/chromium49, never imported by the tests; chromium49.py drives
it over the debugging protocol on PORT of 127.0.0.1.
"""

import os
import sys

os.environ["QTWEBENGINE_REMOTE_DEBUGGING"] = sys.argv[1]
os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
os.environ["QT_QPA_PLATFORM"] = "xcb"

# Qt reads the settings above while it is imported.
from PyQt5.QtCore import QUrl
from PyQt5.QtWebEngineWidgets import QWebEngineProfile, QWebEngineView
from PyQt5.QtWidgets import QApplication

application = QApplication(["kiosk", "--no-sandbox", "--disable-gpu"])
QWebEngineProfile.defaultProfile().setHttpAcceptLanguage("en")
view = QWebEngineView()
view.resize(1024, 768)
view.load(QUrl("about:blank"))
view.show()
sys.exit(application.exec_())
