package io.flocker.agent.transfer;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.engine.EngineFailure;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.spec.ServiceSpec.Pull;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gets images that are not on this node: from their registry, and where that has none or cannot be reached from
/// another node that has it. Who always wants the newest ([Pull#ALWAYS]) gets it from the registry only, and an image
/// named by its digest too: an archive does not keep such names.
public final class ImageFinder {
    private static final Logger log = LoggerFactory.getLogger(ImageFinder.class);

    /// How many other nodes are asked, those of the same datacenter first.
    private static final int MOST_ASKED = 8;

    private static final Duration ASK_LIMIT = Duration.ofSeconds(5);

    private final ContainerEngine engine;
    private final Peers peers;

    public ImageFinder(ContainerEngine engine, Peers peers) {
        this.engine = engine;
        this.peers = peers;
    }

    /// Where an image is.
    private record Holder(String node, String address, String id) {}

    /// Gets `image`.
    ///
    /// @throws EngineFailure lasting only if the registry says there is no such image and no node has it
    public void get(WantedImage image, Assignment assignment) throws IOException, InterruptedException {
        try {
            engine.pull(image);
        } catch (EngineFailure e) {
            boolean elsewhere = assignment.nodes().size() > 1
                    && image.pull() != Pull.ALWAYS
                    && image.reference().indexOf('@') < 0;
            if (!elsewhere) {
                throw e;
            }
            fromOthers(image, assignment, e);
        }
    }

    private void fromOthers(WantedImage image, Assignment assignment, EngineFailure registry)
            throws IOException, InterruptedException {
        List<String> nodes = others(assignment);
        List<String> said = new ArrayList<>();
        boolean found = false;
        for (FutureTask<Holder> answer : asked(nodes, image.reference(), assignment)) {
            try {
                Holder holder = answer.get(ASK_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                if (!holder.id().isEmpty()) {
                    found = true;
                    fetch(image, holder);
                    return;
                }
            } catch (TimeoutException e) {
                answer.cancel(true);
                said.add("one does not answer");
            } catch (ExecutionException e) {
                said.add(reason(e.getCause() == null ? e : e.getCause()));
            } catch (IOException e) {
                said.add(reason(e));
            }
        }
        String more = (found ? "other nodes have it, but " : "no other node has it")
                + (found ? "" : said.isEmpty() ? "" : " that can be asked: ")
                + String.join(", ", said);
        throw registry.and(more, said.isEmpty());
    }

    private List<FutureTask<Holder>> asked(List<String> nodes, String reference, Assignment assignment) {
        List<FutureTask<Holder>> answers = new ArrayList<>();
        for (String node : nodes) {
            Place place = assignment.nodes().get(node);
            if (place != null) {
                Callable<Holder> question =
                        () -> new Holder(node, place.address(), peers.image(place.address(), reference));
                var answer = new FutureTask<>(question);
                Thread.startVirtualThread(answer);
                answers.add(answer);
            }
        }
        return answers;
    }

    private static List<String> others(Assignment assignment) {
        Place own = assignment.nodes().get(assignment.node());
        String datacenter = own == null ? "" : own.datacenter();
        return assignment.nodes().entrySet().stream()
                .filter(entry -> !entry.getKey().equals(assignment.node()))
                .sorted(Comparator.comparing(
                        entry -> !entry.getValue().datacenter().equals(datacenter)))
                .limit(MOST_ASKED)
                .map(entry -> entry.getKey())
                .toList();
    }

    private void fetch(WantedImage image, Holder holder) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try {
            Watchdog.over(Sender.STALL, watchdog -> load(image, holder, watchdog));
        } catch (IOException e) {
            throw new IOException(
                    "image " + image.reference() + " did not arrive from " + holder.node() + ": " + reason(e), e);
        }
        String id =
                engine.image(image.reference()).map(ContainerEngine.Image::id).orElse("");
        if (!id.equals(holder.id())) {
            throw new IOException("image " + image.reference() + " from " + holder.node() + " became "
                    + (id.isEmpty() ? "nothing" : id) + " here, not " + holder.id());
        }
        log.atInfo()
                .addKeyValue("image", image.reference())
                .addKeyValue("from", holder.node())
                .addKeyValue("millis", (System.nanoTime() - begun) / 1_000_000)
                .log("Image copied");
    }

    private void load(WantedImage image, Holder holder, Watchdog watchdog) throws IOException, InterruptedException {
        try (InputStream stream = peers.archive(holder.address(), image.reference());
                var framed = new FramedInput(stream)) {
            Header header = framed.header();
            if (!header.kind().equals(Header.IMAGE) || !header.name().equals(image.reference())) {
                throw new IOException("it sent " + header.name());
            }
            engine.load(image, new Watched(framed, watchdog));
        }
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
