// Filled by the first pieces of Layers.
