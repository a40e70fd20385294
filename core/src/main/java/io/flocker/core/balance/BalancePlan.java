package io.flocker.core.balance;

import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;

/// What would have to move for load to be even.
///
/// @param moves in their order
/// @param before every node's load, where 1 is its even share, by node
/// @param after the same when all has moved
/// @param even whether load is even now, or has to stay as it is
public record BalancePlan(
        List<BalanceMove> moves, TreePMap<String, Double> before, TreePMap<String, Double> after, boolean even) {
    public static final BalancePlan NOTHING = new BalancePlan(List.of(), TreePMap.empty(), TreePMap.empty(), true);

    /// A move has to bring more than it costs within so long.
    private static final double PAYS_WITHIN_SECONDS = 6 * 3_600;

    /// A pause of requests costs as much as so long a copy.
    private static final double PAUSE_COSTS_SECONDS = 60;

    private static final double START_COSTS_SECONDS = 10;

    static BalancePlan of(Scene scene, BalanceSettings settings) {
        var search = new Search(scene);
        Draft best = search.best();
        List<Draft.Step> steps = best.steps();
        List<BalanceMove> moves;
        boolean all;
        do {
            Draft draft = Draft.of(scene);
            moves = new ArrayList<>();
            List<Draft.Step> worth = new ArrayList<>();
            for (Draft.Step step : search.redone(steps).isPresent() ? steps : List.<Draft.Step>of()) {
                Draft next = draft.with(scene, step);
                BalanceMove move = BalanceMove.of(scene, draft, step);
                if (pays(draft, next, move, settings)) {
                    worth.add(step);
                    moves.add(move);
                    draft = next;
                }
            }
            all = worth.size() == steps.size();
            best = draft;
            steps = worth;
        } while (!all);
        return new BalancePlan(
                List.copyOf(moves), named(scene, scene.loads()), named(scene, best.loads()), scene.isEven());
    }

    private static boolean pays(Draft before, Draft after, BalanceMove move, BalanceSettings settings) {
        double rate = settings.bytesPerSecond().orElse(0) > 0
                ? Math.min(
                        Copying.USUAL_BYTES_PER_SECOND,
                        settings.bytesPerSecond().getAsLong())
                : Copying.USUAL_BYTES_PER_SECOND;
        double seconds = move.bytes() / rate + (move.pauseMillis() > 0 ? PAUSE_COSTS_SECONDS : START_COSTS_SECONDS);
        double gain = Scene.unevenness(before.loads()) - Scene.unevenness(after.loads());
        return gain * PAYS_WITHIN_SECONDS > seconds;
    }

    private static TreePMap<String, Double> named(Scene scene, double[] loads) {
        TreePMap<String, Double> named = TreePMap.empty();
        for (int site = 0; site < loads.length; site++) {
            named = named.plus(scene.sites.get(site).name(), loads[site]);
        }
        return named;
    }

    /// What all moves copy, in bytes.
    public long bytes() {
        return moves.stream().mapToLong(BalanceMove::bytes).sum();
    }
}
