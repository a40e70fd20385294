package io.flocker.core.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Looks for the cheapest moves that make load even: a beam search, which goes on from the most promising drafts only.
/// Small clusters get a wide beam, large ones a narrow one, so that the time it takes stays bounded.
final class Search {
    /// Load is even if no node is further than this from its even share.
    static final double EVEN = 0.1;

    /// A plan has at most so many moves; the next plan has the next ones.
    static final int MAX_MOVES = 200;

    /// Up to so many possible moves, the beam is wide, and several prices are tried.
    private static final int FEW = 200;

    /// From so many on, only the most promising draft is gone on from.
    private static final int MANY = 20_000;

    private static final int WIDE = 48;
    private static final int NARROW = 6;

    /// The fullest and the emptiest nodes that one step looks at.
    private static final int SITES = 6;

    /// The units of a node that one step looks at.
    private static final int UNITS = 16;

    /// What is left to even out is worth so much more or less than it costs on average.
    private static final double[] PRICES = {0.3, 1, 3};

    private static final double LITTLE = 1e-9;

    /// Where load cannot be made even, moves make it less uneven ([Scene#unevenness]) by so much in all, or are not
    /// worth it: less than that comes and goes with the noise in what is measured, and things would move to and
    /// fro with it. From 120 and 80 % of their even share to 110 and 90 %, two nodes gain 0.06.
    static final double LEAST_GAIN = 0.02;

    private final Scene scene;
    private final Obstacles obstacles;
    private final int width;
    /// Units of each site, those first that bring most for what they cost.
    private final List<List<Integer>> cheapest = new ArrayList<>();

    Search(Scene scene) {
        this.scene = scene;
        obstacles = new Obstacles(scene);
        long all = (long) scene.units.size() * scene.sites.size();
        width = all <= FEW ? WIDE : all <= MANY ? NARROW : 1;
        for (int site = 0; site < scene.sites.size(); site++) {
            cheapest.add(scene.unitsAt.get(site).stream()
                    .filter(unit -> scene.units.get(unit).free())
                    .sorted(Comparator.<Integer>comparingDouble(this::price).thenComparing(Comparator.naturalOrder()))
                    .toList());
        }
    }

    /// Bytes for each load.
    private double price(int unit) {
        double weight = scene.weight(unit, scene.units.get(unit).site());
        return scene.units.get(unit).costTo("") / Math.max(weight, LITTLE);
    }

    /// A step that a draft may go on with, and how promising that is: the less, the better.
    private record Choice(Draft draft, Draft.Step step, double rank) {
        long signature() {
            return draft.signature() + step.signature();
        }
    }

    /// The best draft: of those that make load even the cheapest, else the one that makes it most even, if that is
    /// worth it.
    Draft best() {
        Draft nothing = Draft.of(scene);
        Draft best = nothing;
        if (nothing.deviation() <= EVEN) {
            return nothing;
        }
        double average = averagePrice();
        for (double price : width == WIDE ? PRICES : new double[] {1}) {
            best = better(best, search(nothing, price * average));
        }
        Draft found = pruned(best);
        boolean worth = found.deviation() <= EVEN || unevenness(nothing) - unevenness(found) >= LEAST_GAIN;
        return worth ? found : nothing;
    }

    private double averagePrice() {
        double[] loads = scene.loads();
        double cost = 0;
        double weight = 0;
        for (int unit = 0; unit < scene.units.size(); unit++) {
            int site = scene.units.get(unit).site();
            if (loads[site] > 1 && scene.units.get(unit).free()) {
                cost += scene.units.get(unit).costTo("");
                weight += scene.weight(unit, site);
            }
        }
        return weight > 0 ? cost / weight : 1;
    }

    private Draft search(Draft nothing, double price) {
        Draft best = nothing;
        List<Draft> beam = List.of(nothing);
        for (int round = 0; round < MAX_MOVES && !beam.isEmpty(); round++) {
            List<Choice> choices = new ArrayList<>();
            for (Draft draft : beam) {
                expand(draft, price, choices);
            }
            choices.sort(Comparator.comparingDouble(Choice::rank));
            List<Draft> kept = new ArrayList<>();
            var seen = new TreeSet<Long>();
            for (Choice choice : choices) {
                if (kept.size() == width) {
                    break;
                }
                boolean worth = best.deviation() > EVEN || choice.draft().cost() < best.cost();
                if (worth
                        && seen.add(choice.signature())
                        && obstacles.objection(choice.draft(), choice.step()).isEmpty()) {
                    Draft draft = choice.draft().with(scene, choice.step());
                    best = better(best, draft);
                    kept.add(draft);
                }
            }
            beam = kept.stream().filter(draft -> draft.deviation() > EVEN).toList();
        }
        return best;
    }

    /// Every step from one of the fullest nodes to one of the emptiest that makes load more even.
    private void expand(Draft draft, double price, List<Choice> choices) {
        double[] loads = draft.loads();
        List<Integer> order = IntStream.range(0, loads.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(site -> loads[site])
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        List<Integer> empty = order.subList(0, Math.min(SITES, order.size()));
        List<Integer> full = order.subList(Math.max(0, order.size() - SITES), order.size());
        double open = 0;
        for (double load : loads) {
            open += outside(load);
        }
        for (int from : full) {
            for (int unit : movable(draft, from)) {
                for (int to : empty) {
                    if (to != from) {
                        consider(new Choice(draft, new Draft.Step(unit, to), price), from, open, choices);
                    }
                }
            }
        }
    }

    /// @param choice ranked by its price alone
    /// @param open how far outside of what is even all nodes are together
    private void consider(Choice choice, int from, double open, List<Choice> choices) {
        double[] loads = choice.draft().loads();
        Draft.Step step = choice.step();
        double less = loads[from] - scene.weight(step.unit(), from);
        double more = loads[step.to()] + scene.weight(step.unit(), step.to());
        double change = square(less) - square(loads[from]) + square(more) - square(loads[step.to()]);
        if (change < -LITTLE) {
            double left = open + outside(less) - outside(loads[from]) + outside(more) - outside(loads[step.to()]);
            double cost = choice.draft().cost()
                    + scene.units
                            .get(step.unit())
                            .costTo(scene.sites.get(step.to()).name());
            choices.add(new Choice(choice.draft(), step, cost + choice.rank() * left / 2));
        }
    }

    private List<Integer> movable(Draft draft, int site) {
        List<Integer> units = cheapest.get(site);
        return units.stream().filter(unit -> !draft.moves(unit)).limit(UNITS).toList();
    }

    private static double square(double load) {
        return (load - 1) * (load - 1);
    }

    private static double outside(double load) {
        return Math.max(0, Math.abs(load - 1) - EVEN);
    }

    private static Draft better(Draft one, Draft other) {
        boolean even = one.deviation() <= EVEN;
        boolean otherEven = other.deviation() <= EVEN;
        if (even != otherEven) {
            return even ? one : other;
        }
        if (even) {
            return other.cost() < one.cost() ? other : one;
        }
        return unevenness(other) < unevenness(one) - LITTLE ? other : one;
    }

    private static double unevenness(Draft draft) {
        return Scene.unevenness(draft.loads());
    }

    /// Without moves that it is as even without, the most expensive first.
    private Draft pruned(Draft draft) {
        List<Draft.Step> steps = new ArrayList<>(draft.steps());
        List<Draft.Step> byCost = steps.stream()
                .sorted(Comparator.<Draft.Step>comparingDouble(step -> -scene.units
                        .get(step.unit())
                        .costTo(scene.sites.get(step.to()).name())))
                .toList();
        for (Draft.Step step : byCost) {
            List<Draft.Step> others =
                    steps.stream().filter(other -> !other.equals(step)).toList();
            Optional<Draft> without = redone(others);
            boolean asGood = without.isPresent()
                    && (draft.deviation() <= EVEN
                            ? without.get().deviation() <= EVEN
                            : unevenness(without.get()) <= unevenness(draft) + LITTLE);
            if (asGood) {
                steps.remove(step);
            }
        }
        return redone(steps).orElse(draft);
    }

    /// Those moves alone, if they can be without the others.
    Optional<Draft> redone(List<Draft.Step> steps) {
        Draft draft = Draft.of(scene);
        for (Draft.Step step : steps) {
            if (obstacles.objection(draft, step).isPresent()) {
                return Optional.empty();
            }
            draft = draft.with(scene, step);
        }
        return Optional.of(draft);
    }
}
