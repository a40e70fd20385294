package io.flocker.core.balance;

import io.flocker.core.model.Node;
import java.util.ArrayList;
import java.util.List;

/// Nodes and what is on them at one moment, and how even that is. A node's load is 1 if it has its even share of
/// everything, by what it has room for.
final class Scene {
    final List<Site> sites;
    final List<Unit> units;
    /// Indices of units, by site.
    final List<List<Integer>> unitsAt = new ArrayList<>();

    private final double[] factors = new double[Measure.values().length];

    Scene(List<Site> sites, List<Unit> units) {
        this.sites = List.copyOf(sites);
        this.units = List.copyOf(units);
        sites.forEach(_ -> unitsAt.add(new ArrayList<>()));
        for (int unit = 0; unit < units.size(); unit++) {
            unitsAt.get(units.get(unit).site()).add(unit);
        }
        weigh();
    }

    /// How much one of each measure counts, so that an even load is 1.
    private void weigh() {
        double weights = 0;
        for (Measure measure : Measure.values()) {
            double used =
                    sites.stream().mapToDouble(site -> site.fixed().of(measure)).sum()
                            + units.stream()
                                    .mapToDouble(unit -> unit.burden().of(measure))
                                    .sum();
            double room =
                    sites.stream().mapToDouble(site -> site.room().of(measure)).sum();
            double total =
                    sites.stream().mapToDouble(site -> site.total().of(measure)).sum();
            if (used <= 0 || room <= 0 || total <= 0) {
                continue;
            }
            double counts = measure == Measure.NUMBER ? 1 : Math.min(1, used / total / Measure.FULL_WEIGHT_AT);
            factors[measure.ordinal()] = measure.weight() * counts * room / used;
            weights += measure.weight() * counts;
        }
        for (int i = 0; i < factors.length; i++) {
            factors[i] = weights > 0 ? factors[i] / weights : 0;
        }
    }

    /// How much load something is on a node.
    double weight(Burden burden, int site) {
        Burden room = sites.get(site).room();
        double weight = 0;
        for (Measure measure : Measure.values()) {
            double there = room.of(measure);
            weight += there > 0 ? factors[measure.ordinal()] * burden.of(measure) / there : 0;
        }
        return weight;
    }

    double weight(int unit, int site) {
        return weight(units.get(unit).burden(), site);
    }

    /// Every node's load as it is.
    double[] loads() {
        double[] loads = new double[sites.size()];
        for (int site = 0; site < loads.length; site++) {
            loads[site] = weight(sites.get(site).fixed(), site);
        }
        for (int unit = 0; unit < units.size(); unit++) {
            int site = units.get(unit).site();
            loads[site] += weight(unit, site);
        }
        return loads;
    }

    Node node(int site) {
        return sites.get(site).node();
    }

    /// How far the node that is furthest from its even share is from it.
    static double deviation(double[] loads) {
        double most = 0;
        for (double load : loads) {
            most = Math.max(most, Math.abs(load - 1));
        }
        return most;
    }

    /// How uneven it is in all: nodes that are far from their even share count more.
    static double unevenness(double[] loads) {
        double sum = 0;
        for (double load : loads) {
            sum += (load - 1) * (load - 1);
        }
        return sum;
    }

    boolean isEven() {
        return deviation(loads()) <= Search.EVEN;
    }
}
