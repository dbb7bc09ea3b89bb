// Filled by the first pieces of Pipelines.
