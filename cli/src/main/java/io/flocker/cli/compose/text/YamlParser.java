package io.flocker.cli.compose.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/// Builds [Yaml] trees from the parser's events. It works on a stack of its own, so that neither deep nesting nor
/// aliases of aliases can exhaust the thread's stack or the heap: an alias counts as all the values it stands for.
public final class YamlParser {
    static final int MAX_VALUES = 200_000;
    static final int MAX_DEPTH = 64;

    private final Source source;
    private final Complaints complaints;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private final List<Yaml> documents = new ArrayList<>();
    private int values;
    private boolean stopped;

    private YamlParser(Source source, Complaints complaints) {
        this.source = source;
        this.complaints = complaints;
    }

    /// What an anchor stands for: its value, how many values that has in all, and how deep they go.
    private record Anchored(Yaml value, int size, int height) {}

    /// A list or map whose end was not seen yet. A map's values alternate between keys and values.
    private static final class Frame {
        final Place place;
        final Yaml.Tag tag;
        final boolean map;
        final Optional<Anchor> anchor;
        final List<Yaml> values = new ArrayList<>();
        int size = 1;
        int height = 1;

        Frame(Place place, Yaml.Tag tag, boolean map, Optional<Anchor> anchor) {
            this.place = place;
            this.tag = tag;
            this.map = map;
            this.anchor = anchor;
        }
    }

    /// The documents of a file; empty after a complaint.
    public static List<Yaml> parse(String text, Source source, Complaints complaints) {
        var parser = new YamlParser(source, complaints);
        try {
            parser.run(text);
        } catch (ReaderException e) {
            complaints.add(placeOf(text, e.getPosition(), source), "has a character that YAML does not allow");
            return List.of();
        } catch (MarkedYamlEngineException e) {
            complaints.add(parser.placeOf(e.getProblemMark().or(e::getContextMark)), "is not YAML: " + reason(e));
            return List.of();
        } catch (YamlEngineException e) {
            complaints.add(source.start(), "is not YAML: " + e.getMessage());
            return List.of();
        }
        return parser.stopped ? List.of() : parser.documents;
    }

    private static String reason(MarkedYamlEngineException e) {
        String problem = e.getProblem();
        String context = e.getContext();
        String where = e.getContextMark()
                .filter(mark -> !e.getContextMark().equals(e.getProblemMark()))
                .map(mark -> " that begins at line " + (mark.getLine() + 1))
                .orElse("");
        return context == null ? String.valueOf(problem) : context + where + ", " + problem;
    }

    private void run(String text) {
        var settings = LoadSettings.builder()
                .setLabel(source.name())
                .setSchema(new FailsafeSchema())
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        for (Event event : new Parse(settings).parseString(text)) {
            take(event);
            if (stopped) {
                return;
            }
        }
    }

    private void take(Event event) {
        Place place = placeOf(event.getStartMark());
        switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event, place);
            case Alias -> alias((AliasEvent) event, place);
            case SequenceStart, MappingStart -> start((CollectionStartEvent) event, place);
            case SequenceEnd, MappingEnd -> end();
            case StreamStart, StreamEnd, Comment -> {}
            case DocumentStart, DocumentEnd -> anchors.clear();
        }
    }

    private void scalar(ScalarEvent event, Place place) {
        Yaml.Tag tag = tag(event.getTag(), place);
        boolean text = event.getTag().isPresent()
                && (event.getTag().get().equals("!") || event.getTag().get().equals("tag:yaml.org,2002:str"));
        var value = new Yaml.Scalar(place, tag, event.getValue(), !event.isPlain() || text);
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(value, 1, 1)));
        add(value, 1, 1);
    }

    private void alias(AliasEvent event, Place place) {
        Anchored anchored = anchors.get(event.getAlias());
        if (anchored != null) {
            add(anchored.value, anchored.size, anchored.height);
        } else if (open.stream().anyMatch(frame -> frame.anchor.equals(Optional.of(event.getAlias())))) {
            stop(place, "*" + event.getAlias() + " stands inside the value that it stands for");
        } else {
            stop(
                    place,
                    "*" + event.getAlias() + " has no anchor; write &" + event.getAlias() + " before the value"
                            + " it stands for");
        }
    }

    private void start(CollectionStartEvent event, Place place) {
        if (open.size() >= MAX_DEPTH) {
            stop(place, "is nested more than " + MAX_DEPTH + " levels deep");
            return;
        }
        open.push(new Frame(place, tag(event.getTag(), place), event instanceof MappingStartEvent, event.getAnchor()));
    }

    private void end() {
        Frame frame = open.pop();
        Yaml value = frame.map
                ? new YamlMap(frame.place, frame.tag, complaints).of(frame.values)
                : new Yaml.Items(frame.place, frame.tag, List.copyOf(frame.values));
        frame.anchor.ifPresent(anchor -> anchors.put(anchor, new Anchored(value, frame.size, frame.height)));
        add(value, frame.size, frame.height);
    }

    private void add(Yaml value, int size, int height) {
        values += value instanceof Yaml.Scalar ? 1 : size;
        Frame frame = open.peek();
        if (values > MAX_VALUES) {
            stop(value.place(), "has more than " + MAX_VALUES + " values, counting what aliases stand for");
        } else if (frame == null) {
            documents.add(value);
        } else if (open.size() + height > MAX_DEPTH + 1) {
            stop(value.place(), "is nested more than " + MAX_DEPTH + " levels deep, counting what aliases stand for");
        } else {
            frame.values.add(value);
            frame.size += size;
            frame.height = Math.max(frame.height, height + 1);
        }
    }

    private Yaml.Tag tag(Optional<String> tag, Place place) {
        String name = tag.orElse("!");
        return switch (name) {
            case "!reset" -> Yaml.Tag.RESET;
            case "!override" -> Yaml.Tag.OVERRIDE;
            default -> {
                if (!name.equals("!") && !name.matches("tag:yaml\\.org,2002:(str|int|float|bool|null|map|seq)")) {
                    complaints.add(
                            place,
                            "the tag " + name.replace("tag:yaml.org,2002:", "!!")
                                    + " is not known; Compose knows !reset and !override");
                }
                yield Yaml.Tag.NONE;
            }
        };
    }

    private void stop(Place place, String message) {
        complaints.add(place, message);
        stopped = true;
    }

    private Place placeOf(Optional<Mark> mark) {
        return mark.map(at -> new Place(source, at.getLine() + 1, at.getColumn() + 1))
                .orElse(source.start());
    }

    private static Place placeOf(String text, int index, Source source) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(index, text.length()); i++) {
            boolean breaks = text.charAt(i) == '\n';
            line += breaks ? 1 : 0;
            column = breaks ? 1 : column + 1;
        }
        return new Place(source, line, column);
    }
}
