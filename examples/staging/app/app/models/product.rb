class Product < ApplicationRecord
  belongs_to :customer

  # Those whose name or description has the words, best first.
  def self.search(words)
    ids = SearchIndex.new.ids(words)
    includes(:customer).where(id: ids).sort_by { |product| ids.index(product.id) }
  end
end
