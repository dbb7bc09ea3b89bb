// Filled by the first pieces of Models.
