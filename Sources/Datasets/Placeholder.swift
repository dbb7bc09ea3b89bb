// Filled by the first pieces of Datasets.
