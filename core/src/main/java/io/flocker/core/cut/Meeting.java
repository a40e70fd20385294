package io.flocker.core.cut;

import java.util.List;
import java.util.TreeSet;

/// Where the nodes of one [Cut] meet, in the leader's memory. A node comes READY; when all are, each freezes its
/// containers, comes FROZEN, and takes its snapshots meanwhile. When all have come, whoever has its snapshots may thaw
/// and keep them.
///
/// **Why all snapshots show one instant.** Let t be the moment at which the last node came FROZEN. A node keeps its
/// snapshots only if it heard [Verdict#GO] while it was still frozen; it had come before t and hears after t, so it was
/// frozen at t, and its snapshots, taken while it was, show its volumes as they were at t. (A global state recorded at
/// one instant is a consistent cut in the sense of Chandy and Lamport, "Distributed Snapshots", 1985.) Whoever does
/// not hear in time throws away what it took; as the others may have kept theirs, nodes never meet again for the same
/// attempt once somebody may have heard GO.
///
/// Pure; its owner's lock guards it.
public final class Meeting {
    /// How long nodes stand still for the last of them; then all go on without a checkpoint.
    public static final long FROZEN_MILLIS = 800;

    /// How long a node stays frozen without an answer: longer than it takes to hear that there is none.
    public static final long THAW_MILLIS = 1_200;

    private enum Stage {
        GATHERING,
        FREEZING,
        TAKEN,
        OVER
    }

    /// What a node does next.
    public enum Verdict {
        /// Not all have come.
        WAIT,
        /// All have: it goes on.
        GO,
        /// It comes to nothing: whatever was taken for it is thrown away.
        OVER
    }

    private final List<String> nodes;
    private final TreeSet<String> ready = new TreeSet<>();
    private final TreeSet<String> frozen = new TreeSet<>();
    private Stage stage = Stage.GATHERING;
    private String reason = "";

    public Meeting(Cut cut) {
        nodes = List.copyOf(cut.nodes());
    }

    /// A node has done what must be done before it freezes.
    public Verdict ready(String node) {
        if (stage == Stage.GATHERING) {
            ready.add(node);
            if (ready.containsAll(nodes)) {
                stage = Stage.FREEZING;
            }
        } else if (!ready.contains(node) || frozen.contains(node)) {
            return Verdict.OVER;
        }
        return switch (stage) {
            case GATHERING -> Verdict.WAIT;
            case FREEZING -> Verdict.GO;
            case TAKEN, OVER -> Verdict.OVER;
        };
    }

    /// A node that was ready does not wait any longer.
    public void leave(String node) {
        if (stage == Stage.GATHERING) {
            ready.remove(node);
        }
    }

    /// A node's containers stand still, and will until it has its answer or [#THAW_MILLIS] have passed.
    public Verdict frozen(String node) {
        if (stage == Stage.FREEZING) {
            frozen.add(node);
            if (frozen.containsAll(nodes)) {
                stage = Stage.TAKEN;
            }
        }
        return switch (stage) {
            case FREEZING -> Verdict.WAIT;
            case TAKEN -> frozen.contains(node) ? Verdict.GO : Verdict.OVER;
            case GATHERING, OVER -> Verdict.OVER;
        };
    }

    /// Ends it for all, unless all have gone on already.
    ///
    /// @param why in words
    public void giveUp(String why) {
        if (stage != Stage.TAKEN && stage != Stage.OVER) {
            stage = Stage.OVER;
            reason = why;
        }
    }

    /// Whether the same nodes may begin again: nobody can have kept anything.
    public boolean mayBeginAgain() {
        return stage == Stage.OVER;
    }

    /// Those that were waited for in vain so far.
    public List<String> missing() {
        TreeSet<String> came = stage == Stage.GATHERING ? ready : frozen;
        return nodes.stream().filter(node -> !came.contains(node)).toList();
    }

    /// Why it was given up; empty if it was not.
    public String reason() {
        return reason;
    }
}
