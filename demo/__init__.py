"""An invented library of documents, so that a first run has something real to answer from. Knows no other package."""
