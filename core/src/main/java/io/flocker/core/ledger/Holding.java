package io.flocker.core.ledger;

import io.flocker.core.model.Node.Capacity;

/// What a node has.
///
/// @param count how many instances and volumes, those included that are about to go
/// @param reserved what is set aside for the instances that are to stay
public record Holding(int count, Capacity reserved) {
    public static final Holding NOTHING = new Holding(0, Capacity.NONE);

    public Holding plus(Holding more) {
        return new Holding(count + more.count, reserved.plus(more.reserved));
    }

    Holding minus(Holding less) {
        return new Holding(count - less.count, reserved.minus(less.reserved));
    }
}
