-- Written by what delivers, apart from what customers set.
ALTER TABLE store_webhook_endpoints ADD COLUMN health TEXT;
