"""What a file that is not a model probably is, by how it begins."""

from __future__ import annotations

from typing import Final

_PICTURE: Final = "pictures go to predict, after the model"
_TORCH: Final = "load it in PyTorch and save its state_dict with safetensors.torch.save_file"
_ZIP: Final = "net.load_weights reads .pth and .pt files, sc.from_keras .keras archives"

_BEGINNINGS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _PICTURE),
    (b"\xff\xd8\xff", "a JPEG picture", _PICTURE),
    (b"GIF8", "a GIF picture", _PICTURE),
    (b"BM", "a BMP picture", _PICTURE),
    (b"II*\x00", "a TIFF picture", _PICTURE),
    (b"MM\x00*", "a TIFF picture", _PICTURE),
    (b"RIFF", "a WebP picture or a sound", _PICTURE),
    (b"PK\x03\x04", "a zip archive, such as PyTorch's .pt, NumPy's .npz or Keras's .keras", _ZIP),
    (b"\x80\x02", "a Python pickle, such as PyTorch's old .pt; pickles are never loaded", _TORCH),
    (b"\x80\x03", "a Python pickle; pickles are never loaded", _TORCH),
    (b"\x80\x04", "a Python pickle; pickles are never loaded", _TORCH),
    (b"\x80\x05", "a Python pickle; pickles are never loaded", _TORCH),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, such as Keras's .h5", "save its weights as safetensors"),
    (b"\x93NUMPY", "a NumPy array", "save the arrays as safetensors"),
    (b"GGUF", "a GGUF model", "save its weights as safetensors"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"%PDF", "a PDF document", ""),
    (b"\x7fELF", "a program", ""),
    (b"<", "a web page or XML", "if it was downloaded, the server may have sent an error page"),
    (b"version https://git-lfs", "a Git LFS pointer", "fetch the file itself with git lfs pull"),
    (b"{", "JSON text", ""),
)


def sniff(beginning: bytes) -> tuple[str, str]:
    """Return what a file seems to be, given its first bytes, and a remedy; both "" when it is not known.

    >>> sniff(b"GIF89a")
    ('a GIF picture', 'pictures go to predict, after the model')
    """
    for magic, kind, remedy in _BEGINNINGS:
        if beginning.startswith(magic):
            return kind, remedy
    if beginning[4:8] == b"TFL3":
        return "a TensorFlow Lite model", "save its weights as safetensors"
    if beginning[0] == 0x08 and beginning[1:2] < b"\x20" and beginning[2:3] in (b"\x12", b"\x1a", b"\x22", b"\x3a"):
        return "an ONNX model", "sc.from_onnx reads it"
    return "", ""
