/** What the API server calls the resource of ImageProfiles. */
export const profileGroup = 'permafrost.dev';
export const profileVersion = 'v1alpha1';
export const profilePlural = 'imageprofiles';
