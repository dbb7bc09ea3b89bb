// Filled by the first pieces of Drawing.
