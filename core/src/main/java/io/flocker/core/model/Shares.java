package io.flocker.core.model;

import io.flocker.core.spec.Strategy;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// How a service's requests are shared out among its instances, where not evenly: as weights, beside which
/// all that have none weigh alike.
public final class Shares {
    /// The most that one node's instances of a service may weigh together: other nodes' proxies see them
    /// as one server, and HAProxy knows no greater weight.
    static final int MOST = 256;

    private Shares() {}

    /// Weights by instance's name; 0 for those that get no new requests.
    public static TreePMap<String, Integer> of(Environment environment) {
        TreePMap<String, Integer> weights = TreePMap.empty();
        for (Service service : environment.services().values()) {
            if (environment.upgrade(service.name()).strategy().orElse(null) instanceof Strategy.Canary canary) {
                weights = weights.plusAll(of(environment, service, canary));
            }
        }
        for (String relieved : environment.relieved()) {
            weights = weights.plus(relieved, 0);
        }
        return weights;
    }

    /// How much of its service's requests each of its instances gets, in percent, by name.
    ///
    /// @param serving the names of those that serve
    public static TreePMap<String, Double> percent(
            Environment environment, String service, Collection<String> serving) {
        TreePMap<String, Integer> weights = of(environment);
        TreePMap<String, Double> shares = TreePMap.empty();
        int total = 0;
        for (Instance instance : environment.present(service)) {
            boolean takes = serving.contains(instance.name()) && !instance.held();
            int weight = takes ? weights.getOrDefault(instance.name(), 1) : 0;
            total += weight;
            shares = shares.plus(instance.name(), 100.0 * weight);
        }
        for (var share : shares.entrySet()) {
            shares = shares.plus(share.getKey(), total == 0 ? 0 : share.getValue() / total);
        }
        return shares;
    }

    /// Whether a share of a service's requests goes to instances that try a release.
    public static boolean isTried(Environment environment, Service service) {
        return environment.present(service.name()).stream().anyMatch(environment::isTrying);
    }

    /// With `t` instances that try a release beside `n` others, each weighs `share / (1 - share) * n / t` as
    /// much as one of the others.
    private static TreePMap<String, Integer> of(Environment environment, Service service, Strategy.Canary canary) {
        List<Instance> taking = environment.present(service.name()).stream()
                .filter(instance -> !instance.held())
                .toList();
        long trying = taking.stream().filter(environment::isTrying).count();
        long others = taking.size() - trying;
        TreePMap<String, Integer> weights = TreePMap.empty();
        if (trying == 0 || others == 0) {
            return weights;
        }
        double ratio = canary.weightPercent() / (100.0 - canary.weightPercent()) * others / trying;
        var byNode = new TreeMap<String, Double>();
        taking.forEach(
                instance -> byNode.merge(instance.node(), environment.isTrying(instance) ? ratio : 1, Double::sum));
        double heaviest = byNode.values().stream().mapToDouble(it -> it).max().orElse(1);
        int usual = Math.clamp((long) (MOST / heaviest), 1, MOST);
        int tried = Math.clamp(Math.round(usual * ratio), 1, MOST);
        for (Instance instance : taking) {
            weights = weights.plus(instance.name(), environment.isTrying(instance) ? tried : usual);
        }
        return weights;
    }
}
