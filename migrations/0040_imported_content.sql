-- What an imported document held: the same number again with other content is not the same document.
ALTER TABLE imported_documents ADD COLUMN content_hash text NOT NULL DEFAULT '';
