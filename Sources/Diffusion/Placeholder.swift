// Filled by the first pieces of Diffusion.
