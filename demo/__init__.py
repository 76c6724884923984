"""A centre that is not there: fictional cases in all eleven provinces' centres, for `python app.py demo`."""
