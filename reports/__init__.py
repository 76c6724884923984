"""What leaves the desk as a document: response-time reports, evidence files, the Institute's export. No pages, no sockets."""
