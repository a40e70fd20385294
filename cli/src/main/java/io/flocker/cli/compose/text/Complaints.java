package io.flocker.cli.compose.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects what is to be said about the files of one read: complaints, which forbid their use, and notes, which do
/// not. Keeps the first [#MAX] of each; the same sentence about the same place only once.
public final class Complaints {
    public static final int MAX = 20;

    private final Set<Complaint> complaints = new LinkedHashSet<>();
    private final Set<Note> notes = new LinkedHashSet<>();

    public void add(Place place, String message) {
        if (complaints.size() < MAX) {
            complaints.add(Complaint.at(place, message));
        }
    }

    public void note(Place place, String message) {
        if (notes.size() < MAX * 5) {
            notes.add(Note.at(place, message));
        }
    }

    public boolean any() {
        return !complaints.isEmpty();
    }

    /// By file, line and column.
    public List<Complaint> complaints() {
        return sorted(
                complaints,
                Comparator.comparing(Complaint::file)
                        .thenComparingInt(Complaint::line)
                        .thenComparingInt(Complaint::column));
    }

    /// By file, line and column.
    public List<Note> notes() {
        return sorted(
                notes,
                Comparator.comparing(Note::file).thenComparingInt(Note::line).thenComparingInt(Note::column));
    }

    private static <T> List<T> sorted(Collection<T> all, Comparator<T> order) {
        var list = new ArrayList<>(all);
        list.sort(order);
        return List.copyOf(list);
    }
}
