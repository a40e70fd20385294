package io.flocker.verify.sim;

import io.flocker.core.cut.Cut;
import io.flocker.core.cut.Meeting;
import io.flocker.core.cut.Meeting.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The simulated leader's book of meetings, and the messages to and from it. What it hears and answers may be lost or
/// late; another leader knows nothing of it.
final class SimMeetings {
    private static final long READY_WAIT_MILLIS = 5_000;

    /// A node that came and has no answer yet.
    private record Guest(SimNode node, boolean frozen, Meeting meeting, Consumer<Verdict> answer) {}

    private final Timeline time;
    private final Faults faults;
    private final SimNetwork network;
    private final SimLeader leader;
    private final BooleanSupplier isLed;
    private final TreeMap<String, Meeting> meetings = new TreeMap<>();
    private final List<Guest> guests = new ArrayList<>();
    private int term;

    SimMeetings(Timeline time, Faults faults, SimNetwork network, SimLeader leader, BooleanSupplier isLed) {
        this.time = time;
        this.faults = faults;
        this.network = network;
        this.leader = leader;
        this.isLed = isLed;
    }

    /// A node comes; `answer` may never be called, and not before the node has gone on.
    void come(SimNode node, Cut cut, boolean frozen, Consumer<Verdict> answer) {
        if (faults.messageLost() || !network.passes(node.name, leader.home())) {
            return;
        }
        time.after(faults.delay(), () -> {
            if (isLed.getAsBoolean()) {
                arrive(node, cut, frozen, answer);
            }
        });
    }

    private void arrive(SimNode node, Cut cut, boolean frozen, Consumer<Verdict> answer) {
        if (term != leader.terms()) {
            term = leader.terms();
            meetings.clear();
            guests.clear();
        }
        Meeting known = meetings.get(cut.attempt());
        Meeting meeting = known == null || known.mayBeginAgain() ? new Meeting(cut) : known;
        meetings.put(cut.attempt(), meeting);
        var guest = new Guest(node, frozen, meeting, answer);
        guests.add(guest);
        look();
        time.after(frozen ? Meeting.FROZEN_MILLIS : READY_WAIT_MILLIS, () -> {
            if (guests.contains(guest)) {
                if (frozen) {
                    meeting.giveUp("late");
                    look();
                } else {
                    meeting.leave(node.name);
                    guests.remove(guest);
                    tell(guest, Verdict.WAIT);
                }
            }
        });
    }

    private void look() {
        for (Guest guest : List.copyOf(guests)) {
            Verdict verdict = guest.frozen()
                    ? guest.meeting().frozen(guest.node().name)
                    : guest.meeting().ready(guest.node().name);
            if (verdict != Verdict.WAIT) {
                guests.remove(guest);
                tell(guest, verdict);
            }
        }
    }

    private void tell(Guest guest, Verdict verdict) {
        if (!faults.messageLost() && network.passes(leader.home(), guest.node().name)) {
            time.after(faults.delay(), () -> guest.answer().accept(verdict));
        }
    }
}
