// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let embed = #"""
    [
    {"formula": "embed.sinusoidal", "name": "t = 1, D = 8", "origin": "diffusers 0.42.1, float32", "inputs": {"t": 1,
    "D": 8}, "expected": [0.5403023362159729, 0.9950041770935059, 0.9999499917030334, 0.9999995231628418,
    0.8414709568023682, 0.0998334139585495, 0.009999833069741726, 0.0009999998146668077], "tolerance": 1e-06},
    {"formula": "embed.sinusoidal", "name": "t = 3, D = 6", "origin": "diffusers 0.42.1, float32", "inputs": {"t": 3,
    "D": 6}, "expected": [-0.9899924993515015, 0.9903206825256348, 0.9999791383743286, 0.14112000167369843,
    0.13879810273647308, 0.006463258992880583], "tolerance": 1e-06},
    {"formula": "embed.sinusoidal", "name": "t = 17, D = 4", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"t": 17,
    "D": 4}, "expected": [-0.27516333805159693, 0.9855847669095608, -0.9613974918795568, 0.169182349066996],
    "tolerance": 1e-10, "engine": 0.0001, "engineReason":
    "t·f has 10 of single precision's 24 bits before the point, which sin and cos lose"},
    {"formula": "embed.sinusoidal", "name": "t = 500, D = 10", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"t":
    500, "D": 10}, "expected": [-0.883849273431478, -0.7617131001252365, 0.9999759290051085, -0.4075226032759882,
    0.9506479694488024, -0.46777180532247614, -0.6479144643373856, -0.0069384011393302395, 0.9131951203434902,
    0.3102715555491172], "tolerance": 1e-10, "engine": 0.0001, "engineReason":
    "t·f has 10 of single precision's 24 bits before the point, which sin and cos lose"},
    {"formula": "embed.sinusoidal", "name": "t = 999, D = 6", "origin": "mpmath 1.3.0, 40 digits", "inputs": {"t":
    999, "D": 6}, "expected": [0.9996498529808264, -0.7286706988386931, -0.5492645837547148, -0.026460752737064126,
    0.6848642293578565, 0.835648500885845], "tolerance": 1e-10, "engine": 0.0001, "engineReason":
    "t·f has 10 of single precision's 24 bits before the point, which sin and cos lose"}
    ]
    """#
}
