"""The visualiser: draws recorded runs of the campaign and asks ``sim`` for new ones; it holds no rule.

``viz.app.main`` opens the window, ``viz.export`` writes stills and films, ``viz.gallery`` the pictures
of the documentation.  ``viz.source`` is the only module that knows how a run comes in.
Importing this package imports neither pygame nor NumPy.
"""
