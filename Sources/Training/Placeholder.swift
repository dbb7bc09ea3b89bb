// Filled by the first pieces of Training.
