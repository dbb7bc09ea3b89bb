// Filled by the first pieces of Gradients.
