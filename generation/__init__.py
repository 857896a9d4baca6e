"""The language-model seam: one port, three implementations. Knows nothing of documents, people or storage."""
