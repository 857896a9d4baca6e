// Offers the way to the provider that this installation trusts, where there is one.
{
  const { t } = window.attune_words;
  fetch("/api/v1/auth/oidc")
    .then((response) => response.json())
    .then(({ enabled, name }) => {
      if (!enabled) return;
      const link = document.createElement("a");
      link.href = "/api/v1/auth/oidc/start";
      link.id = "provider";
      link.textContent = t("Log in with {name}", { name });
      document.getElementById("password-form").after(link);
    })
    .catch(() => {}); // the forms stand there, and say themselves when nothing answers
}
