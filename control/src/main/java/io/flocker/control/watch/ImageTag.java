package io.flocker.control.watch;

/// A tag of a repository, without the registry's address: one registry has several addresses.
///
/// @param repository `shop/web`; `library/nginx` for Docker's own
public record ImageTag(String repository, String tag) {
    private static final String DOCKERS_OWN = "library/";

    /// What an image's name as Docker writes it (`registry:5000/shop/web:1`) stands for.
    public static ImageTag of(String image) {
        String name = image.replaceFirst("@.*", "");
        int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
        String tag = colon < 0 ? "latest" : name.substring(colon + 1);
        String path = colon < 0 ? name : name.substring(0, colon);
        int slash = path.indexOf('/');
        String first = path.substring(0, Math.max(slash, 0));
        boolean address = first.contains(".") || first.contains(":") || first.equals("localhost");
        boolean dockers = !address || first.endsWith("docker.io");
        String repository = address ? path.substring(slash + 1) : path;
        return new ImageTag(dockers && repository.indexOf('/') < 0 ? DOCKERS_OWN + repository : repository, tag);
    }
}
