require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"

# A shop: products and customers in PostgreSQL, found through Elasticsearch.
class Shop < Rails::Application
  config.load_defaults 6.1
  config.eager_load = true
  config.hosts.clear
  config.secret_key_base = ENV.fetch("SECRET_KEY_BASE", "for-staging-only")
  config.logger = ActiveSupport::Logger.new($stdout)
  config.log_level = :warn
  config.active_record.dump_schema_after_migration = false
  config.search_url = URI(ENV.fetch("SEARCH_URL", "http://search:9200"))
end
