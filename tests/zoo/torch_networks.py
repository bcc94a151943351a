"""The networks of the zoo once more, in PyTorch, from the papers and with torchvision's key names; nothing here knows
the package."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import pad


class Chain(nn.Sequential):
    """Layers by name, one after another."""

    def __init__(self, **layers: nn.Module) -> None:
        super().__init__(OrderedDict(layers))


def digits() -> nn.Module:
    return Chain(
        conv1=nn.Conv2d(1, 16, 3, padding=1), a=nn.ReLU(), conv2=nn.Conv2d(16, 32, 3, padding=1), b=nn.ReLU(),
        c=nn.MaxPool2d(2), d=nn.Flatten(), fc=nn.Linear(512, 10),
    )  # fmt: skip


def lenet5() -> nn.Module:
    return Chain(
        conv1=nn.Conv2d(1, 6, 5), a=nn.ReLU(), b=nn.AvgPool2d(2), conv2=nn.Conv2d(6, 16, 5), c=nn.ReLU(),
        d=nn.AvgPool2d(2), e=nn.Flatten(), fc1=nn.Linear(400, 120), f=nn.ReLU(), fc2=nn.Linear(120, 84), g=nn.ReLU(),
        fc3=nn.Linear(84, 10),
    )  # fmt: skip


class Signs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2, self.fc = nn.Conv2d(3, 8, 4), nn.Conv2d(8, 16, 2), nn.Linear(64, 6)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.max_pool2d(self.conv1(pad(x, (1, 2, 1, 2))).relu(), 8)
        x = torch.max_pool2d(self.conv2(pad(x, (0, 1, 0, 1))).relu(), 4)
        return self.fc(x.flatten(1))


def alexnet_of_2012(towers: int, normed: bool) -> nn.Module:
    def norm() -> nn.Module:
        return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2) if normed else nn.Identity()

    return Chain(
        conv1=nn.Conv2d(3, 96, 11, 4), a=nn.ReLU(), n1=norm(), b=nn.MaxPool2d(3, 2),
        conv2=nn.Conv2d(96, 256, 5, padding=2, groups=towers), c=nn.ReLU(), n2=norm(), d=nn.MaxPool2d(3, 2),
        conv3=nn.Conv2d(256, 384, 3, padding=1), e=nn.ReLU(),
        conv4=nn.Conv2d(384, 384, 3, padding=1, groups=towers), f=nn.ReLU(),
        conv5=nn.Conv2d(384, 256, 3, padding=1, groups=towers), g=nn.ReLU(), h=nn.MaxPool2d(3, 2), i=nn.Flatten(),
        fc6=nn.Linear(9216, 4096), j=nn.ReLU(), k=nn.Dropout(), fc7=nn.Linear(4096, 4096), l=nn.ReLU(),
        m=nn.Dropout(), fc8=nn.Linear(4096, 1000),
    )  # fmt: skip


def alexnet_2014() -> nn.Module:
    features = nn.Sequential(
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(3, 2), nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
    )  # fmt: skip
    classifier = nn.Sequential(
        nn.Dropout(), nn.Linear(256 * 36, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
        nn.Linear(4096, 1000),
    )  # fmt: skip
    return Chain(features=features, avgpool=nn.AdaptiveAvgPool2d(6), flatten=nn.Flatten(), classifier=classifier)


VGG = {"A": "64 M 128 M 256 256 M 512 512 M 512 512 M", "B": "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M"}
VGG["D"] = "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M"
VGG["E"] = "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M"
"""The columns of the paper's table."""


def vgg_features(column: str, normed: bool) -> nn.Module:
    layers: list[nn.Module] = []
    depth = 3
    for word in VGG[column].split():
        if word == "M":
            layers.append(nn.MaxPool2d(2, 2))
            continue
        layers.append(nn.Conv2d(depth, int(word), 3, padding=1))
        depth = int(word)
        layers += [nn.BatchNorm2d(depth)] if normed else []
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def vgg(column: str, normed: bool) -> nn.Module:
    classifier = nn.Sequential(
        nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(),
        nn.Linear(4096, 1000),
    )  # fmt: skip
    return Chain(
        features=vgg_features(column, normed), avgpool=nn.AdaptiveAvgPool2d(7), flatten=nn.Flatten(),
        classifier=classifier,
    )  # fmt: skip


def vgg11_32() -> nn.Module:
    return Chain(features=vgg_features("A", True), flatten=nn.Flatten(), classifier=nn.Linear(512, 10))


class Residual(nn.Module):
    """A basic block, or the `wide` one: a bottleneck whose end is four times as deep."""

    def __init__(self, depth: int, channels: int, stride: int, wide: bool) -> None:
        super().__init__()
        sizes = [(1, 1), (3, stride), (1, 1)] if wide else [(3, stride), (3, 1)]
        ends = [channels, channels, 4 * channels] if wide else [channels, channels]
        for i, ((kernel, step), end) in enumerate(zip(sizes, ends, strict=True), 1):
            start = depth if i == 1 else channels
            self.add_module(f"conv{i}", nn.Conv2d(start, end, kernel, step, kernel // 2, bias=False))
            self.add_module(f"bn{i}", nn.BatchNorm2d(end))
        self.count = len(ends)
        self.downsample = None
        if stride != 1 or depth != ends[-1]:
            shortcut = nn.Conv2d(depth, ends[-1], 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(ends[-1]))

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for i in range(1, self.count + 1):
            y = self.get_submodule(f"bn{i}")(self.get_submodule(f"conv{i}")(y))
            y = y.relu() if i < self.count else y
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet(nn.Module):
    def __init__(self, repeats: list[int], wide: bool, width: int = 64, classes: int = 1000) -> None:
        super().__init__()
        large = width == 64
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False) if large else nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1, self.pool = nn.BatchNorm2d(width), nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        depth = width
        for stage, count in enumerate(repeats):
            channels, blocks = width * 2**stage, []
            for i in range(count):
                blocks.append(Residual(depth, channels, 2 if stage and not i else 1, wide))
                depth = channels * (4 if wide else 1)
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.stages = len(repeats)
        self.fc = nn.Linear(depth, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.bn1(self.conv1(x)).relu())
        for stage in range(1, self.stages + 1):
            x = self.get_submodule(f"layer{stage}")(x)
        return self.fc(x.mean((2, 3)))


class Fire(nn.Module):
    def __init__(self, depth: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(depth, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(x).relu(), self.expand3x3(x).relu()], 1)


def squeezenet1_0() -> nn.Module:
    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    features = nn.Sequential(
        nn.Conv2d(3, 96, 7, 2), nn.ReLU(), pool(), Fire(96, 16, 64), Fire(128, 16, 64), Fire(128, 32, 128), pool(),
        Fire(256, 32, 128), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), pool(), Fire(512, 64, 256),
    )  # fmt: skip
    classifier = nn.Sequential(nn.Dropout(), nn.Conv2d(512, 1000, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
    return Chain(features=features, classifier=classifier, flatten=nn.Flatten())


class Inverted(nn.Module):
    def __init__(self, depth: int, channels: int, stride: int, widen: int) -> None:
        super().__init__()
        wide = depth * widen
        parts = [] if widen == 1 else [unit(depth, wide, 1)]
        parts += [unit(wide, wide, 3, stride, wide), nn.Conv2d(wide, channels, 1, bias=False), nn.BatchNorm2d(channels)]
        self.conv, self.added = nn.Sequential(*parts), stride == 1 and depth == channels

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.added else self.conv(x)


def unit(depth: int, channels: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Module:
    conv = nn.Conv2d(depth, channels, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(channels), nn.ReLU6())


def mobilenet_v2() -> nn.Module:
    table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    layers, depth = [unit(3, 32, 3, 2)], 32
    for widen, channels, repeats, stride in table:
        for i in range(repeats):
            layers.append(Inverted(depth, channels, stride if i == 0 else 1, widen))
            depth = channels
    layers.append(unit(depth, 1280, 1))
    classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))
    return Chain(
        features=nn.Sequential(*layers), avgpool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), classifier=classifier
    )


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "digits": digits,
    "lenet5": lenet5,
    "signs": Signs,
    "alexnet": lambda: alexnet_of_2012(1, False),
    "alexnet_2012": lambda: alexnet_of_2012(2, True),
    "alexnet_2014": alexnet_2014,
    **{f"vgg{n}": lambda c=c: vgg(c, False) for n, c in zip((11, 13, 16, 19), "ABDE", strict=True)},
    **{f"vgg{n}_bn": lambda c=c: vgg(c, True) for n, c in zip((11, 13, 16, 19), "ABDE", strict=True)},
    "vgg11_32": vgg11_32,
    "resnet18": lambda: ResNet([2, 2, 2, 2], False),
    "resnet34": lambda: ResNet([3, 4, 6, 3], False),
    "resnet50": lambda: ResNet([3, 4, 6, 3], True),
    "resnet101": lambda: ResNet([3, 4, 23, 3], True),
    "resnet152": lambda: ResNet([3, 8, 36, 3], True),
    "resnet20": lambda: ResNet([3, 3, 3], False, 16, 10),
    "squeezenet1_0": squeezenet1_0,
    "mobilenet_v2": mobilenet_v2,
}
