import de.bwaldvogel.mongo.bson.Document;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a journal comes to: the collections that are left, by full name, with their indexes and documents. */
final class Contents {
    static final class Collection {
        final Map<String, Document> indexes = new LinkedHashMap<>();
        final Map<Object, Document> documents = new LinkedHashMap<>();
    }

    private final Map<String, Collection> collections = new LinkedHashMap<>();

    Map<String, Collection> collections() {
        return collections;
    }

    /** Takes in one change, as JournaledBackend writes them. */
    void apply(Document change) {
        String name = (String) change.get("in");
        String kind = (String) change.get("do");
        Document what = (Document) change.get("what");
        switch (kind) {
            case "put":
                of(name).documents.put(what.get("_id"), what);
                break;
            case "remove":
                of(name).documents.remove(what.get("_id"));
                break;
            case "create":
                of(name);
                break;
            case "index":
                of(name).indexes.put((String) what.get("name"), what);
                break;
            case "dropIndex":
                of(name).indexes.remove((String) what.get("name"));
                break;
            case "drop":
                collections.remove(name);
                break;
            case "rename":
                String newName = (String) what.get("to");
                Collection moved = of(name);
                collections.remove(name);
                collections.put(newName, moved);
                moved.indexes.values().forEach(index -> index.put("ns", newName));
                break;
            default:
                throw new IllegalStateException("a change nobody knows: " + kind);
        }
    }

    private Collection of(String name) {
        return collections.computeIfAbsent(name, missing -> new Collection());
    }
}
