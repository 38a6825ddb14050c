"""The state of an optimizer between two batches; with it a training continues as if it had never stopped."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.training.config import Optimizer

if TYPE_CHECKING:
    import keras

SLOT_COUNTS: Final = {
    Optimizer.SGD: 0,
    Optimizer.MOMENTUM: 1,
    Optimizer.NESTEROV: 1,
    Optimizer.RMSPROP: 1,
    Optimizer.ADAGRAD: 1,
    Optimizer.ADAM: 2,
}
"""State variables per weight: momentum, velocity or accumulator, and both moments of Adam."""


@dataclass(frozen=True, slots=True, eq=False)
class OptimizerState:
    """The state of an optimizer after a batch.

    Attributes:
        optimizer: Which optimizer.
        iterations: Number of steps it has made.
        slots: The state variables, read-only float32 arrays shaped like the weights, in Keras' order: for each
            trainable array of the network its ``SLOT_COUNTS`` arrays.
    """

    optimizer: Optimizer
    iterations: int
    slots: tuple[NDArray[np.float32], ...]

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""
        return sum(slot.nbytes for slot in self.slots)

    @classmethod
    def of(cls, optimizer: Optimizer, spec: ModelSpec, iterations: int, slots: list[Any]) -> "OptimizerState":
        """Check and copy arrays that come from a file.

        Args:
            optimizer: Which optimizer.
            spec: The network that it trains.
            iterations: Number of steps it has made, at least 0.
            slots: The arrays, in the order of the attribute, of any float type.

        Raises:
            DigitLabError: If the number or a shape does not fit the network, or a value is not finite.
        """
        shapes = slot_shapes(optimizer, spec)
        arrays = tuple(_frozen(slot) for slot in slots)
        if [array.shape for array in arrays] != shapes or iterations < 0:
            raise DigitLabError("The optimizer's state does not fit the network.")
        if not all(np.isfinite(array).all() for array in arrays):
            raise DigitLabError("The optimizer's state contains values that are not finite.")
        return cls(optimizer, iterations, arrays)


def slot_shapes(optimizer: Optimizer, spec: ModelSpec) -> list[tuple[int, ...]]:
    """Return the shapes of an optimizer's state variables for a network, in Keras' order."""
    shapes = [shape for layer in spec.trainable_shapes for shape in layer.values()]
    return [shape for shape in shapes for _ in range(SLOT_COUNTS[optimizer])]


def read_state(optimizer: Optimizer, keras_optimizer: "keras.Optimizer") -> OptimizerState:
    """Copy the state of a Keras optimizer; call it in the thread that owns Keras."""
    slots = tuple(_frozen(variable.numpy()) for variable in _slot_variables(keras_optimizer))
    return OptimizerState(optimizer, int(keras_optimizer.iterations.numpy()), slots)


def restore_state(state: OptimizerState, keras_optimizer: "keras.Optimizer", variables: list[Any]) -> None:
    """Restore a state into a new Keras optimizer of the same kind; call it in the thread that owns Keras.

    Args:
        state: The state.
        keras_optimizer: The new optimizer.
        variables: The model's trainable variables.
    """
    keras_optimizer.build(variables)
    keras_optimizer.iterations.assign(state.iterations)
    for variable, slot in zip(_slot_variables(keras_optimizer), state.slots, strict=True):
        variable.assign(slot)


def _slot_variables(keras_optimizer: "keras.Optimizer") -> list[Any]:
    """Return the state variables of the weights: all but the step count and the learning rate, which are scalars."""
    return [variable for variable in keras_optimizer.variables if len(variable.shape)]


def _frozen(source: Any) -> NDArray[np.float32]:
    array = np.array(source, dtype=np.float32)
    array.flags.writeable = False
    return array
