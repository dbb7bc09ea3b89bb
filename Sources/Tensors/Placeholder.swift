// Filled by the first pieces of Tensors.
