import Glibc

// The C library's functions under names that members called `tanh` and `log` do not hide.

func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
func naturalLogarithm(_ x: Float) -> Float { logf(x) }
