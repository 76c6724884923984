"""The degraded-mode file as a page: it opens in any browser, without Vigie and without a network."""
