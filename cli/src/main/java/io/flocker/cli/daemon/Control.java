package io.flocker.cli.daemon;

import io.flocker.client.ApiException;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's part in the control plane, as the cluster decided it. Once a second it says how it is and asks; then it
/// starts or ends its [ControlPlane], writes down where others' are, and renews its certificate. Nothing else in the
/// daemon stops for it.
final class Control implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Control.class);
    private static final long PERIOD_MILLIS = 1_000;
    private static final int UNAVAILABLE = 503;

    private final Installation installation;
    private final FlockerClient client;
    private final Whereabouts whereabouts;
    private final OwnPlane plane;
    private final Renewal renewal;
    private final Thread thread;
    private boolean isKnown;
    private String trouble = "";
    private volatile boolean closed;

    /// Returns when the cluster knows where this node is, or is away.
    ///
    /// @param plane owned by the caller, as is `client`, which calls this node's own API as this node
    Control(Installation installation, Whereabouts whereabouts, OwnPlane plane, Renewal renewal, FlockerClient client)
            throws IOException, InterruptedException {
        this.installation = installation;
        this.whereabouts = whereabouts;
        this.plane = plane;
        this.renewal = renewal;
        this.client = client;
        tellWhere();
        thread = Thread.ofPlatform().name("control").daemon().start(this::run);
    }

    /// The leader may be away for now: the agent goes on with what it has, and the leader learns it later.
    private void tellWhere() throws IOException, InterruptedException {
        var here = new Requests.Here(whereabouts.settings().address(), installation.readLabels(), Machine.capacity());
        try {
            client.post("/v2/agent/here", here, Answers.Change.class);
            isKnown = true;
        } catch (ApiException e) {
            if (e.problem().status() != UNAVAILABLE) {
                throw e;
            }
            log.atWarn().addKeyValue("reason", e.getMessage()).log("The control plane is away");
        }
    }

    private void run() {
        while (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                look();
                complain("");
            } catch (IOException e) {
                complain(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// Once for each trouble, not every second.
    private void complain(String now) {
        if (!now.equals(trouble) && !now.isEmpty()) {
            log.atWarn().addKeyValue("reason", now).log("This node's part in the control plane is not as it should be");
        }
        trouble = now;
    }

    private void look() throws IOException, InterruptedException {
        if (!isKnown) {
            tellWhere();
        }
        plane.giveWayToLater();
        renewal.renewIfDue();
        var said = new Requests.Control(plane.isUp(), renewal.endMillis(), renewal.trouble());
        Answers.Control answer = client.post("/v2/agent/control", said, Answers.Control.class);
        if (!whereabouts.hear(answer.generation(), answer.apis())) {
            // It does not know yet that its cluster goes on elsewhere.
            return;
        }
        switch (answer.standing()) {
            case VOTER -> plane.refuseWithoutLog();
            case NEW_VOTER -> plane.begin(client, answer.generation());
            case AGENT -> plane.end();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
