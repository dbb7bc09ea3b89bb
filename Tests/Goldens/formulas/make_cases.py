"""Computes the catalogue's recorded cases with other people's programs and writes them into Sources/Formulas/Cases.

    python make_cases.py

Needs torch, diffusers, transformers, numpy and mpmath; the versions used are named in each case.
"""

import evaluation
import forward
import layers
import losses
import autoencoder
import recorder
import samplers
import schedules
import text
import training

for module in (forward, schedules, samplers, losses, autoencoder, text, layers, training, evaluation):
    module.cases()
for name, count in recorder.write(recorder.sources()).items():
    print(f"{name}: {count} cases")
