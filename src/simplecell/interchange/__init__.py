"""Networks from and to other programs: ONNX, PyTorch, Keras. What another program needs is imported when it is used."""
