-- Each person has an experience that an organization has confirmed, and one that waits for it.
INSERT INTO experience.experiences
    (id, user_id, name, description, opportunity_id, street, city, province, country, postal_code, apt_number, begins, ends, hours,
        created_at, organization_id, organization_name, validation_state, request_id, decided_by, decided_at)
SELECT bench.id('experience', 2 * n + is_waiting), bench.account(n), 'Beach clean-up', 'Gathered what the sea had brought, and sorted it.',
    '', '1 Shore Road', 'Halifax', 'Nova Scotia', 'Canada', 'B3H 1A1', '', '2026-06-01', '2026-06-02', 8, now(), bench.organization(n),
    CASE is_waiting WHEN 0 THEN 'Coast Watch' ELSE '' END, CASE is_waiting WHEN 0 THEN 'verified' ELSE 'pending_on_site' END,
    bench.id('request', 2 * n + is_waiting), CASE is_waiting WHEN 0 THEN bench.organization(n)::text END,
    CASE is_waiting WHEN 0 THEN now() END
FROM generate_series(1, ROWS - 10) AS n, generate_series(0, 1) AS is_waiting
WHERE n % 10 <> 0;
