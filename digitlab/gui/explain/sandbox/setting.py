"""What is set in the sandbox, as a value. Without Qt."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from digitlab.gui.explain.sandbox.patterns import INPUTS, KERNELS, resized
from digitlab.insight.forward import Array
from digitlab.insight.slide import Slide, slide_over
from digitlab.model.layer import Padding, Window

SIDES: Final = (3, 28)
"""Smallest and largest side of the input."""
KERNEL_SIDES: Final = (1, 7)
STRIDES: Final = (1, 4)
LARGEST: Final = 999.0
"""Largest number in a cell, of either sign."""

_FIRST_SIDE: Final = 10
_FIRST_KERNEL: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """An input, a kernel, and how the kernel slides.

    Attributes:
        inputs: Shape (height, width), float32.
        kernel: Shape (height, width), float32, as typed.
        stride: Step between neighbouring outputs.
        padding: The padding mode.
        is_flipped: Whether this is a convolution, for which the kernel is rotated by 180 degrees.
        input_name: The pattern that the input is, or empty.
        kernel_name: The pattern that the kernel is, or empty.
    """

    inputs: Array
    kernel: Array
    stride: int = 1
    padding: Padding = Padding.VALID
    is_flipped: bool = False
    input_name: str = ""
    kernel_name: str = ""

    @property
    def window(self) -> Window:
        """The window of the kernel."""
        return Window.of(self.kernel.shape, self.stride, self.padding)

    @property
    def slide(self) -> Slide:
        """The kernel sliding over the input; only if there is no ``problem``."""
        return slide_over(self.inputs, self.kernel, self.stride, self.padding, is_flipped=self.is_flipped)

    @property
    def problem(self) -> str:
        """Why the kernel cannot slide, and what to change; empty if it can."""
        height, width = self.inputs.shape
        if self.padding is Padding.SAME or (self.kernel.shape[0] <= height and self.kernel.shape[1] <= width):
            return ""
        return (
            f"A kernel of {self.window.text} does not fit into {height} × {width} without padding. Choose a kernel of "
            f"at most {height} × {width}, a larger input, or padding “same”."
        )

    def with_input_sides(self, height: int, width: int) -> "Setting":
        """Return the setting with an input of another size: the same pattern, or else the same middle."""
        if self.inputs.shape == (height, width):
            return self
        pattern = INPUTS.get(self.input_name)
        made = resized(self.inputs, height, width) if pattern is None else pattern.make(height, width)
        return replace(self, inputs=made, input_name=self.input_name if pattern else "")

    def with_kernel_sides(self, height: int, width: int) -> "Setting":
        """Return the setting with a kernel of another size: the same pattern, or else the same middle."""
        if self.kernel.shape == (height, width):
            return self
        made = None if self.kernel_name not in KERNELS else KERNELS[self.kernel_name].make(height, width)
        if made is not None and made.shape == (height, width):
            return replace(self, kernel=made)
        return replace(self, kernel=resized(self.kernel, height, width), kernel_name="")

    def with_input(self, row: int, column: int, value: float) -> "Setting":
        """Return the setting with another number in a cell of the input; itself if it is there already."""
        changed = _changed(self.inputs, row, column, value)
        return self if changed is None else replace(self, inputs=changed, input_name="")

    def with_weight(self, row: int, column: int, value: float) -> "Setting":
        """Return the setting with another number in a cell of the kernel; itself if it is there already."""
        changed = _changed(self.kernel, row, column, value)
        return self if changed is None else replace(self, kernel=changed, kernel_name="")

    def looks_like(self, other: "Setting") -> bool:
        """Return whether another setting is the same."""
        choices = [(one.stride, one.padding, one.is_flipped, one.input_name, one.kernel_name) for one in (self, other)]
        return (
            choices[0] == choices[1]
            and np.array_equal(self.inputs, other.inputs)
            and np.array_equal(self.kernel, other.kernel)
        )


def _changed(values: Array, row: int, column: int, value: float) -> Array | None:
    value = min(max(value, -LARGEST), LARGEST)
    if values[row, column] == np.float32(value):
        return None
    changed = values.copy()
    changed[row, column] = value
    return changed


def first_setting() -> Setting:
    """Return what the sandbox begins with."""
    return Setting(
        INPUTS["seven"].make(_FIRST_SIDE, _FIRST_SIDE),
        KERNELS["vertical"].make(_FIRST_KERNEL, _FIRST_KERNEL),
        input_name="seven",
        kernel_name="vertical",
    )
