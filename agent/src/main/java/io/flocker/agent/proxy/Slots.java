package io.flocker.agent.proxy;

import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// Which instance has which place (`server`) in which backend. HAProxy gets more places than it needs, so that
/// instances come and go without a reload. An instance that left keeps its place until its last request is answered.
///
/// @param sizes how many places a backend has, by its name in HAProxy; only grows
/// @param instances by place
record Slots(TreePMap<String, Integer> sizes, TreePMap<Place, String> instances) {
    static final Slots NONE = new Slots(TreePMap.empty(), TreePMap.empty());

    static final int LEAST = 8;

    /// The `number`th place of a backend, counted from 1.
    record Place(String backend, int number) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byBackend = backend.compareTo(other.backend);
            return byBackend != 0 ? byBackend : Integer.compare(number, other.number);
        }
    }

    /// The places whose instance the table no longer has there.
    List<Place> left(RoutingTable table) {
        return instances.keySet().stream()
                .filter(place -> address(table, place).isEmpty())
                .toList();
    }

    /// Gives every server of the table a place and keeps the places of servers that left while they are `busy`.
    Slots assign(RoutingTable table, Predicate<Place> busy) {
        TreePMap<Place, String> kept = TreePMap.empty();
        for (var entry : instances.entrySet()) {
            if (address(table, entry.getKey()).isPresent() || busy.test(entry.getKey())) {
                kept = kept.plus(entry.getKey(), entry.getValue());
            }
        }
        TreePMap<String, Integer> counted = TreePMap.empty();
        for (Backend backend : table.backends().values()) {
            String name = ProxyName.of(backend.name());
            int before = sizes.getOrDefault(name, LEAST);
            int last = before;
            for (String instance : backend.servers().keySet()) {
                if (place(kept, name, instance).isEmpty()) {
                    int free = free(kept, name);
                    kept = kept.plus(new Place(name, free), instance);
                    last = Math.max(last, free);
                }
            }
            counted = counted.plus(name, last == before ? before : Integer.highestOneBit(last) * 2);
        }
        return new Slots(counted, kept);
    }

    /// Where the server at a place is reached, if the table has one there.
    Optional<String> address(RoutingTable table, Place place) {
        String instance = instances.get(place);
        Backend backend = table.backends().get(ProxyName.original(place.backend()));
        if (instance == null || backend == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(backend.servers().get(instance));
    }

    /// How much the server at a place weighs beside the others; 1 if the table has none there.
    int weight(RoutingTable table, Place place) {
        String instance = instances.get(place);
        Backend backend = table.backends().get(ProxyName.original(place.backend()));
        return instance == null || backend == null ? 1 : backend.weight(instance);
    }

    /// Every place of an instance.
    List<Place> places(String instance) {
        return instances.entrySet().stream()
                .filter(entry -> entry.getValue().equals(instance))
                .map(entry -> entry.getKey())
                .toList();
    }

    private static Optional<Place> place(TreePMap<Place, String> taken, String backend, String instance) {
        return taken.entrySet().stream()
                .filter(entry -> entry.getKey().backend().equals(backend)
                        && entry.getValue().equals(instance))
                .map(entry -> entry.getKey())
                .findFirst();
    }

    private static int free(TreePMap<Place, String> taken, String backend) {
        int number = 1;
        while (taken.containsKey(new Place(backend, number))) {
            number++;
        }
        return number;
    }

    /// One line each: `size BACKEND COUNT` and `place BACKEND NUMBER INSTANCE`.
    String text() {
        var lines = new ArrayList<String>();
        sizes.forEach((backend, size) -> lines.add("size " + backend + " " + size));
        instances.forEach((place, instance) ->
                lines.add("place " + place.backend() + " " + place.number() + " " + ProxyName.of(instance)));
        return String.join("\n", lines) + "\n";
    }

    /// @throws IllegalArgumentException if it is not from [#text]
    static Slots parse(String text) {
        var sizes = new TreeMap<String, Integer>();
        var instances = new TreeMap<Place, String>();
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            List<String> words = List.of(line.split(" ", -1));
            if (words.size() == 3 && words.get(0).equals("size")) {
                sizes.put(words.get(1), Integer.parseInt(words.get(2)));
            } else if (words.size() == 4 && words.get(0).equals("place")) {
                var place = new Place(words.get(1), Integer.parseInt(words.get(2)));
                instances.put(place, ProxyName.original(words.get(3)));
            } else {
                throw new IllegalArgumentException("not a line of places: " + line);
            }
        }
        return new Slots(TreePMap.from(sizes), TreePMap.from(instances));
    }
}
