"""The words of the pages in every language: which catalogues a page is sent (`words`)."""
