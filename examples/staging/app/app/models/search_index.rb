require "net/http"

# The shop's products in Elasticsearch.
class SearchIndex
  # Elasticsearch answered otherwise than expected.
  class Failed < StandardError; end

  def ids(words)
    query = { query: { multi_match: { query: words, fields: %w[name description], operator: "and" } }, size: 50 }
    ask(Net::HTTP::Post, "/shop/product/_search", query.to_json)["hits"]["hits"].map { |hit| hit["_id"].to_i }
  end

  # Makes it anew from the database.
  def fill
    ask(Net::HTTP::Delete, "/shop", nil, [200, 404])
    ask(Net::HTTP::Put, "/shop", "{}")
    Product.find_in_batches(batch_size: 500) do |products|
      lines = products.flat_map do |product|
        [{ index: { _id: product.id } }, product.slice(:name, :description)]
      end
      answer = ask(Net::HTTP::Post, "/shop/product/_bulk", lines.map { |line| "#{line.to_json}\n" }.join)
      raise Failed, "Some products were not indexed: #{answer}" if answer["errors"]
    end
    ask(Net::HTTP::Post, "/shop/_flush", nil)
  end

  def release
    ask(Net::HTTP::Get, "/", nil)["version"]["number"]
  end

  private

  def ask(verb, path, body, expected = [200])
    url = Shop.config.search_url
    Net::HTTP.start(url.host, url.port, open_timeout: 5, read_timeout: 60) do |http|
      answer = http.request(verb.new(path, "Content-Type" => "application/json").tap { |request| request.body = body })
      raise Failed, "#{path}: HTTP #{answer.code} #{answer.body}" unless expected.include?(answer.code.to_i)

      JSON.parse(answer.body)
    end
  end
end
