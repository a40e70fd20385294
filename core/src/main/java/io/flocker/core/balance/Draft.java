package io.flocker.core.balance;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A plan that is being made: one more move after those of another draft.
///
/// @param before what it goes on from; null for the beginning
/// @param unit the index of what moves last
/// @param to the index of the node it moves to
/// @param loads every node's load then
/// @param cost of all moves, in bytes
/// @param signature the same for the same moves in another order
record Draft(@Nullable Draft before, int unit, int to, double[] loads, double cost, long signature) {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /// Nothing moves.
    static Draft of(Scene scene) {
        return new Draft(null, -1, -1, scene.loads(), 0, 0);
    }

    /// One unit more, to where it goes.
    record Step(int unit, int to) {
        long signature() {
            long mixed = ((long) unit << 32 | to) * MIX;
            return (mixed ^ mixed >>> 29) * MIX;
        }
    }

    Draft with(Scene scene, Step step) {
        Unit unit = scene.units.get(step.unit());
        double[] next = loads.clone();
        next[unit.site()] -= scene.weight(step.unit(), unit.site());
        next[step.to()] += scene.weight(step.unit(), step.to());
        return new Draft(
                this,
                step.unit(),
                step.to(),
                next,
                cost + unit.costTo(scene.sites.get(step.to()).name()),
                signature + step.signature());
    }

    /// Its moves, in their order.
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (Draft draft = this; draft.before != null; draft = draft.before) {
            steps.add(new Step(draft.unit, draft.to));
        }
        return steps.reversed();
    }

    boolean moves(int candidate) {
        return siteOf(candidate, -1) != -1;
    }

    /// The index of the node where a unit is then.
    ///
    /// @param otherwise where it is if it does not move
    int siteOf(int candidate, int otherwise) {
        for (Draft draft = this; draft.before != null; draft = draft.before) {
            if (draft.unit == candidate) {
                return draft.to;
            }
        }
        return otherwise;
    }

    double deviation() {
        return Scene.deviation(loads);
    }
}
