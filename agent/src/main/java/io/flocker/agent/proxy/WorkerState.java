package io.flocker.agent.proxy;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Door;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/// What one HAProxy worker has of the things that change without a reload, and how to change them.
///
/// @param servers by place; empty backends have none
/// @param fars ways to other nodes, by backend and server's name with a `/` between them
/// @param maps by file
record WorkerState(
        TreePMap<Place, Server> servers, TreePMap<String, Far> fars, TreePMap<String, TreePMap<String, String>> maps) {

    /// @param address with port
    /// @param ready neither in maintenance nor draining
    /// @param weight beside the others
    record Server(String address, boolean ready, int weight) {
        Server(String address, boolean ready) {
            this(address, ready, 1);
        }
    }

    /// Commands in the order in which they keep every request safe.
    ///
    /// @param hold before anything else; requests that passed the look-up of held backends need a moment after it
    /// @param change cookies of instances that left, then servers that come, then servers that go, then what names
    ///     instances, then releases
    record Commands(List<String> hold, List<String> change) {}

    /// The bits of `srv_admin_state` that keep requests away: in maintenance, inherited or by DNS, draining.
    private static final int AWAY = 0x01 | 0x02 | 0x20 | 0x08 | 0x10;

    private static final String SHOW_SERVERS = "show servers state";

    private static final String SHOW_MAP = "show map ";

    /// What a worker is asked to read its state.
    static List<String> questions(ProxyFiles files, RoutingTable table) {
        List<String> questions = new ArrayList<>(List.of(SHOW_SERVERS));
        mapped(files, table).forEach(file -> questions.add(SHOW_MAP + file));
        return List.copyOf(questions);
    }

    /// The state by its answers to [#questions], in their order.
    static WorkerState of(ProxyFiles files, RoutingTable table, List<String> answers) {
        TreePMap<String, TreePMap<String, String>> maps = TreePMap.empty();
        List<Path> mapped = mapped(files, table);
        for (int i = 0; i < mapped.size(); i++) {
            String shown = answers.get(1 + i);
            if (!shown.startsWith("Unknown")) {
                maps = maps.plus(mapped.get(i).toString(), map(shown));
            }
        }
        return new WorkerState(servers(answers.get(0)), fars(answers.get(0)), maps);
    }

    /// Held backends, cookies, and each door's host names.
    private static List<Path> mapped(ProxyFiles files, RoutingTable table) {
        List<Path> mapped = new ArrayList<>(List.of(files.heldMap(), files.cookiesMap()));
        table.doors().values().stream()
                .filter(Door::hasHosts)
                .forEach(door -> mapped.add(files.hostsMap(ProxyName.of(door.key()))));
        return mapped;
    }

    /// Reads what HAProxy prints for [#SHOW_SERVERS] (format 1): after a `#` line, words in a fixed order.
    static TreePMap<Place, Server> servers(String shown) {
        var servers = new TreeMap<Place, Server>();
        for (String line : shown.lines().toList()) {
            int number = Columns.place(Columns.of(line, ' ', 3));
            List<String> words = number == 0 ? List.of() : List.of(line.split(" ", -1));
            if (words.size() < 19) {
                continue;
            }
            var place = new Place(words.get(1), number);
            int administrative = Integer.parseInt(words.get(6));
            String address = words.get(4) + ":" + words.get(18);
            int weight = Integer.parseInt(words.get(7));
            servers.put(place, new Server(address, (administrative & AWAY) == 0, weight));
        }
        return TreePMap.from(servers);
    }

    /// Reads the ways to other nodes from the same.
    static TreePMap<String, Far> fars(String shown) {
        TreePMap<String, Far> fars = TreePMap.empty();
        for (String line : shown.lines().toList()) {
            boolean isOne = Far.isOne(Columns.of(line, ' ', 3));
            List<String> words = isOne ? List.of(line.split(" ", -1)) : List.of();
            if (words.size() >= 19) {
                boolean ready = (Integer.parseInt(words.get(6)) & AWAY) == 0;
                fars = fars.plus(words.get(1) + "/" + words.get(3), new Far(ready, Integer.parseInt(words.get(7))));
            }
        }
        return fars;
    }

    /// Reads what HAProxy prints for `show map FILE`: an address, the key and the value in each line.
    static TreePMap<String, String> map(String shown) {
        TreePMap<String, String> map = TreePMap.empty();
        for (String line : shown.lines().toList()) {
            List<String> words = List.of(line.split(" ", 3));
            if (words.size() == 3 && words.get(0).startsWith("0x")) {
                map = map.plus(words.get(1), words.get(2));
            }
        }
        return map;
    }

    /// What brings this worker to a configuration, as far as that goes without a reload. Backends that the table no
    /// longer has keep what they have: until the reload that takes their doors away, requests come.
    Commands toward(ProxyConfig wanted, String fingerprint) {
        String heldMap = wanted.files().heldMap().toString();
        var heldNow = maps.getOrDefault(heldMap, TreePMap.empty());
        var heldThen = wanted.held(fingerprint);
        var hold = new ArrayList<String>();
        var release = new ArrayList<String>();
        for (String backend : heldThen.keySet()) {
            if (!backend.startsWith("@") && !heldNow.containsKey(backend)) {
                hold.add("add map " + heldMap + " " + backend + " held");
            }
        }
        for (String backend : heldNow.keySet()) {
            if (!heldThen.containsKey(backend)) {
                release.add("del map " + heldMap + " " + backend);
            }
        }
        var change = new ArrayList<String>();
        var named = new ArrayList<String>();
        cookies(wanted, change, named);
        var going = new ArrayList<String>();
        servers(wanted.table(), wanted.slots(), change, going);
        fars(wanted.table(), change, going);
        change.addAll(going);
        for (Door door : wanted.table().doors().values()) {
            String file = wanted.files().hostsMap(ProxyName.of(door.key())).toString();
            if (maps.containsKey(file)) {
                change.addAll(hostChange(file, maps.get(file), ProxyConfig.hosts(door)));
            }
        }
        change.addAll(named);
        change.addAll(release);
        return new Commands(hold, change);
    }

    private void servers(RoutingTable table, Slots slots, List<String> coming, List<String> going) {
        servers.forEach((place, now) -> {
            if (!table.backends().containsKey(ProxyName.original(place.backend()))) {
                return;
            }
            var then = slots.address(table, place);
            if (then.isEmpty()) {
                if (now.ready()) {
                    going.add("flocker out " + place.backend() + " s" + place.number());
                }
                return;
            }
            if (!now.ready() || !then.get().equals(now.address())) {
                int colon = then.get().lastIndexOf(':');
                coming.add("flocker in " + place.backend() + " s" + place.number() + " "
                        + then.get().substring(0, colon) + " " + then.get().substring(colon + 1));
            }
            int weight = slots.weight(table, place);
            if (now.weight() != weight) {
                coming.add("flocker far " + place.backend() + " s" + place.number() + " " + weight);
            }
        });
    }

    /// A cookie never stands for a place of another instance, so that what left is forgotten before anything comes. Of
    /// a backend that this worker does not know, nothing is asked.
    private void cookies(ProxyConfig wanted, List<String> leaving, List<String> coming) {
        String file = wanted.files().cookiesMap().toString();
        TreePMap<String, String> now = maps.get(file);
        if (now == null) {
            return;
        }
        var then = Stickiness.map(wanted.table(), wanted.slots());
        now.forEach((key, value) -> {
            if (!value.equals(then.get(key))) {
                leaving.add("del map " + file + " " + key);
            }
        });
        then.forEach((key, value) -> {
            if (!value.equals(now.get(key))) {
                coming.add("add map " + file + " " + key + " " + value);
            }
        });
    }

    /// In a worker from before a node joined, there is no way to it: it serves only what it has left.
    private void fars(RoutingTable table, List<String> coming, List<String> going) {
        for (Backend backend : table.backends().values()) {
            String name = ProxyName.of(backend.name());
            for (String node : table.peers().keySet()) {
                int count = backend.elsewhere().getOrDefault(node, 0);
                for (int number = 1; number <= Far.WAYS; number++) {
                    String server = Far.server(node, number);
                    Far now = fars.get(name + "/" + server);
                    Far then = Far.of(count, number);
                    if (now != null && !then.ready() && now.ready()) {
                        going.add("flocker out " + name + " " + server);
                    } else if (now != null && then.ready() && !now.equals(then)) {
                        coming.add("flocker far " + name + " " + server + " " + then.weight());
                    }
                }
            }
        }
    }

    /// Host names of backends that this worker does not know wait for the reload.
    private List<String> hostChange(String file, TreePMap<String, String> now, TreePMap<String, String> then) {
        Set<String> known = servers.keySet().stream().map(Place::backend).collect(Collectors.toSet());
        var commands = new ArrayList<String>();
        then.forEach((host, backend) -> {
            String has = now.get(host);
            if (!known.contains(backend) || backend.equals(has)) {
                return;
            }
            commands.add((has == null ? "add" : "set") + " map " + file + " " + host + " " + backend);
        });
        now.keySet().stream()
                .filter(host -> !then.containsKey(host))
                .forEach(host -> commands.add("del map " + file + " " + host));
        return commands;
    }
}
