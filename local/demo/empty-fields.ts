/**
 * What Shopify's webhooks carry besides of an order placed in a browser, most of it empty: half of a body is such fields, and
 * whoever reads orders has to read past them. https://shopify.dev/docs/api/admin-rest/latest/resources/order
 */
export const ofOrder = {
  app_id: 580_111,
  browser_ip: '203.0.113.7',
  buyer_accepts_marketing: false,
  cart_token: 'Z2NwLXVzLWVhc3QxOjAxSlhY',
  checkout_id: 36_000_000_000_001,
  checkout_token: '0c5fbbc91e5f3d9a6a6d0e4f3a6e7b21',
  client_details: {
    accept_language: 'en-US',
    browser_height: null,
    browser_ip: '203.0.113.7',
    browser_width: null,
    session_hash: null,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  },
  closed_at: null,
  company: null,
  confirmed: true,
  current_total_additional_fees_set: null,
  current_total_duties_set: null,
  customer_locale: 'en-US',
  device_id: null,
  discount_codes: [],
  duties_included: false,
  estimated_taxes: false,
  landing_site: '/',
  landing_site_ref: null,
  location_id: null,
  merchant_business_entity_id: 'MTU0ODM4MDAwOQ',
  merchant_of_record_app_id: null,
  note_attributes: [],
  original_total_additional_fees_set: null,
  original_total_duties_set: null,
  payment_terms: null,
  phone: null,
  po_number: null,
  reference: null,
  referring_site: null,
  source_identifier: null,
  source_name: 'web',
  source_url: null,
  tags: '',
  tax_exempt: false,
  user_id: null,
}

export const ofLine = {
  attributed_staffs: [],
  fulfillment_service: 'manual',
  sales_line_item_group_id: null,
  variant_inventory_management: 'shopify',
  variant_title: null,
  vendor: null,
}

export const ofShippingLine = {
  carrier_identifier: null,
  phone: null,
  requested_fulfillment_service_id: null,
}

export const ofCustomer = {
  state: 'disabled',
  note: null,
  verified_email: true,
  multipass_identifier: null,
  tax_exempt: false,
  email_marketing_consent: {
    state: 'not_subscribed',
    opt_in_level: 'single_opt_in',
    consent_updated_at: null,
  },
  sms_marketing_consent: null,
  tags: '',
  currency: 'USD',
  tax_exemptions: [],
}

export const ofAddress = { latitude: null, longitude: null }
