import os

# Two threads in each of several processes only wait for one another: single-threaded, L-BFGS takes
# a fifth of the time on a busy machine. Read when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
