// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.

extension RecordedCases {
  static let unet = #"""
    [
    {"formula": "unet.macs_conv", "name": "3 → 16, 3×3", "origin": "torch 2.15.0, its own count, halved", "inputs":
    {"H_out": 8, "W_out": 5, "C_out": 16, "C_in": 3, "k": 3}, "expected": 17280, "tolerance": 1e-10},
    {"formula": "unet.macs_conv", "name": "6 → 2, 1×1", "origin": "torch 2.15.0, its own count, halved", "inputs":
    {"H_out": 7, "W_out": 9, "C_out": 2, "C_in": 6, "k": 1}, "expected": 756, "tolerance": 1e-10},
    {"formula": "unet.macs_conv", "name": "5 → 3, 5×5", "origin": "torch 2.15.0, its own count, halved", "inputs":
    {"H_out": 4, "W_out": 6, "C_out": 3, "C_in": 5, "k": 5}, "expected": 9000, "tolerance": 1e-10}
    ]
    """#
}
